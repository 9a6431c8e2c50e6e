"""Read the hits of OpenSearch: which of them the filter admits, their cosines, counts and sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cinedex.adapters.opensearch.documents import from_source
from cinedex.adapters.opensearch.filters import needs_check
from cinedex.adapters.opensearch.video_fields import from_segment
from cinedex.kernel.text.folding import fold
from cinedex.library.domain.user_metadata import MetadataFilter
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter, VectorHit
from cinedex.timeline.modality import Modality


def admitted(hits: list[dict[str, Any]], within: SegmentFilter) -> list[dict[str, Any]]:
    if not needs_check(within):
        return hits
    return [h for h in hits if _is_admitted(h["_source"], within)]


def _is_admitted(source: dict[str, Any], within: SegmentFilter) -> bool:
    """Without the metadata, which a hit does not have in a form that can be compared."""
    videos = within.videos.model_copy(update={"metadata": MetadataFilter()})
    return within.model_copy(update={"videos": videos}).admits(from_source(source), from_segment(source))


def total(response: dict[str, Any]) -> int:
    return 0 if "error" in response else int(response["hits"]["total"]["value"])


def aggregated(response: dict[str, Any], name: str) -> float:
    found = response.get("aggregations", {}).get(name, {}).get("value")
    return float(found or 0.0)


def contains(document: SegmentDocument, folded: str, modalities: Sequence[Modality]) -> bool:
    return any(folded in fold(document.texts[m]) for m in modalities if m in document.texts)


def merged(
    modalities: Sequence[Modality], nearest: Sequence[list[dict[str, Any]]], limit: int
) -> tuple[VectorHit, ...]:
    """One hit for each document, best cosine first."""
    sources: dict[str, dict[str, Any]] = {}
    cosines: dict[str, dict[Modality, float]] = defaultdict(dict)
    for modality, hits in zip(modalities, nearest, strict=False):
        for hit in hits:
            sources[hit["_id"]] = hit["_source"]
            cosines[hit["_id"]][modality] = _cosine(hit["_score"])
    best = sorted(cosines, key=lambda hit_id: -max(cosines[hit_id].values()))[:limit]
    return tuple(VectorHit(document=from_source(sources[i]), cosines=cosines[i]) for i in best)


def _cosine(score: float) -> float:
    """Inverts the positive score that OpenSearch computes from an inner product (2.19, "Spaces")."""
    return score - 1 if score >= 1 else 1 - 1 / score
