"""State PublishDocuments: texts and vectors go into the search store."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import publish_documents


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    order = (event["account_id"], event["video_id"], event["run_id"])
    return publish_documents()(*order, event["documents_key"], event["embeddings_key"])
