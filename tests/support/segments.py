"""Short ways to say segments, filters and vectors in tests."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.span import Span, span
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter, Vector
from cinedex.timeline.modality import Modality

MODEL = "toy-3d"
SEGMENT_S = 10.0


def unavailable(*_: object) -> None:
    """In place of a method of a search store that is down."""
    raise Unavailable("The search store is down.")


def unit(*values: float) -> tuple[float, ...]:
    length = sqrt(sum(v * v for v in values))
    return tuple(v / length for v in values)


def segment(
    video_id: str,
    index: int,
    speech: str | None = None,
    *,
    caption: str | None = None,
    screen_text: str | None = None,
    objects: str | None = None,
    about: str | None = None,
    subtitle: str | None = None,
    vector: Sequence[float] | None = None,
    caption_vector: Sequence[float] | None = None,
    subtitle_vector: Sequence[float] | None = None,
    model: str = MODEL,
    at: Span | None = None,
    account_id: str = "mine",
) -> SegmentDocument:
    """Ten seconds of a video, the `index`-th; `vector` is that of its speech."""
    texts = {
        Modality.SPEECH: speech,
        Modality.CAPTION: caption,
        Modality.SCREEN_TEXT: screen_text,
        Modality.OBJECTS: objects,
        Modality.METADATA: about,
        Modality.SUBTITLE: subtitle,
    }
    vectors = {Modality.SPEECH: vector, Modality.CAPTION: caption_vector, Modality.SUBTITLE: subtitle_vector}
    given = tuple(Vector(modality=m, values=unit(*v)) for m, v in vectors.items() if v)
    return SegmentDocument(
        account_id=account_id,
        video_id=video_id,
        segment_index=index,
        span=at or span(index * SEGMENT_S, (index + 1) * SEGMENT_S),
        texts={m: text for m, text in texts.items() if text},
        model=model if given else None,
        vectors=given,
    )


def segment_filter(*video_ids: str, account_id: str = "mine", **narrowed: object) -> SegmentFilter:
    return SegmentFilter.model_validate({"account_id": account_id, "video_ids": video_ids or None, **narrowed})
