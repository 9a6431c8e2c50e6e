"""State BuildDocuments: stores the texts of each segment that are to be embedded."""

from __future__ import annotations

from cinedex.analysis.domain.state_events import RunEvent, StoredDocuments
from cinedex.bootstrap.analysis import build_documents
from cinedex.observability import lambda_handler


@lambda_handler(RunEvent)
def handler(event: RunEvent) -> StoredDocuments:
    return build_documents()(event.account_id, event.video_id, event.run_id)
