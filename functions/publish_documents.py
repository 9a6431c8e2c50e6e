"""State PublishDocuments: texts and vectors become search documents."""

from __future__ import annotations

from typing import Any

from cinedex.analysis.domain.state_events import PublishDocumentsEvent
from cinedex.bootstrap.analysis import publish_documents
from cinedex.observability import lambda_handler


@lambda_handler(PublishDocumentsEvent)
def handler(event: PublishDocumentsEvent) -> dict[str, Any]:
    run = (event.account_id, event.video_id, event.run_id)
    return publish_documents()(*run, event.documents_key, event.embeddings_key)
