"""Convert segments to OpenSearch documents and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cinedex.adapters.opensearch.index_template import SCHEMA_VERSION
from cinedex.adapters.opensearch.video_fields import of_segment
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import index_terms
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.timeline.modality import Modality

FOLDED_SINCE = 4
"""The schema version from which `terms` and `folded` are searched; before, the store analyzed `texts`."""
FIELDS_SINCE = 5
"""The schema version from which documents have the fields of their video."""
LANGUAGES = "languages"
"""Inside `texts`, which the store does not parse, because a field that an index does not know is refused."""
DIGITS = 6
"""More digits do not change a cosine and double the size of a request."""


def document_id(document: SegmentDocument) -> str:
    return f"{document.account_id}:{document.document_id}"


def manifest_id(account_id: str, video_id: str) -> str:
    """Id of the document that lists the segments of a video, and has its fields."""
    return f"{account_id}:{video_id}"


def to_json(document: SegmentDocument, schema_version: int = SCHEMA_VERSION, video: IndexedVideo | None = None) -> str:
    """In the schema of its index, because an index of the schema before is written until a new one replaces it.

    Vectors are most of the document and are formatted here: `json` takes three times as long."""
    if schema_version < FOLDED_SINCE:
        document = _without_subtitles(document).model_copy(update={"languages": {}})
    fields = _without_vectors(document) | (_searched(document) if schema_version >= FOLDED_SINCE else {})
    if video is not None and schema_version >= FIELDS_SINCE:
        fields |= of_segment(video, document.span)
    source = json.dumps(fields)
    if not document.vectors:
        return source
    vectors = ",".join(f'"{vector.modality.value}":{_numbers(vector.values)}' for vector in document.vectors)
    return f'{source[:-1]},"vectors":{{{vectors}}}}}'


def _without_subtitles(document: SegmentDocument) -> SegmentDocument:
    """For an index whose mapping is strict and has no field for them."""
    texts = {m: text for m, text in document.texts.items() if m is not Modality.SUBTITLE}
    vectors = tuple(v for v in document.vectors if v.modality is not Modality.SUBTITLE)
    return document.model_copy(update={"texts": texts, "vectors": vectors})


def _without_vectors(document: SegmentDocument) -> dict[str, Any]:
    return {
        "account_id": document.account_id,
        "video_id": document.video_id,
        "collection_id": document.collection_id,
        "segment_index": document.segment_index,
        "start_s": document.span.start_s,
        "end_s": document.span.end_s,
        "is_instant": document.span.length_s == 0,
        "model": document.model,
        "texts": {modality.value: text for modality, text in document.texts.items()}
        | ({LANGUAGES: document.languages} if document.languages else {}),
    }


def _searched(document: SegmentDocument) -> dict[str, Any]:
    return {
        "terms": {m.value: index_terms(text, document.languages_of(m)) for m, text in document.texts.items()},
        "folded": {modality.value: fold(text) for modality, text in document.texts.items()},
    }


def _numbers(values: Sequence[float]) -> str:
    return f"[{','.join([f'%.{DIGITS}f'] * len(values)) % tuple(values)}]"


def from_source(source: dict[str, Any]) -> SegmentDocument:
    span = {"start_s": source["start_s"], "end_s": source["end_s"]}
    texts = dict(source["texts"])
    return SegmentDocument.model_validate(
        {**source, "span": span, "languages": texts.pop(LANGUAGES, {}), "texts": texts}
    )
