"""Every filter of a search, on overlapping videos of two accounts: each store returns exactly what it admits."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from cinedex.kernel.span import Span, span
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.modality import Modality
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.segments import MODEL, segment, unit

VIDEOS = {"a": "mine", "b": "mine", "c": "yours", "d": "yours"}
ACCOUNTS = ("mine", "yours", "nobody")
LIMIT = 50
VECTOR = QueryVector(model=MODEL, values=unit(1, 0, 0))

times_s = st.sampled_from([0.0, 5.0, 10.0, 15.0])
spans = st.tuples(times_s, times_s).map(lambda pair: span(min(pair), max(pair)))
"""Many of them touch, and some are instants."""
documents = st.fixed_dictionaries(
    {video_id: st.lists(st.tuples(spans, st.booleans(), st.booleans()), max_size=2) for video_id in VIDEOS}
)
modalities = st.lists(st.sampled_from(list(Modality)), unique=True, min_size=1).map(tuple)
filters = st.builds(
    SegmentFilter,
    account_id=st.sampled_from(ACCOUNTS),
    video_ids=st.lists(st.sampled_from([*VIDEOS, "unknown"]), unique=True, min_size=1).map(tuple),
    within=st.none() | spans,
    windows=st.dictionaries(st.sampled_from(list(VIDEOS)), spans, max_size=2),
    modalities=modalities,
)


def written(video_id: str, index: int, at: Span, spoken: bool, captioned: bool) -> SegmentDocument:
    """All documents have the same words and vectors, so that only the filter tells them apart."""
    return segment(
        video_id,
        index,
        "a rocket" if spoken else None,
        caption="a rocket" if captioned else None,
        about="a rocket",
        vector=(1, 0, 0) if spoken else None,
        caption_vector=(1, 0, 0) if captioned else None,
        at=at,
        account_id=VIDEOS[video_id],
    )


def ids(found: Iterable[SegmentDocument]) -> set[tuple[str, str, int]]:
    return {(d.account_id, d.video_id, d.segment_index) for d in found}


def check(index: SegmentIndex, library: dict[str, list[tuple[Span, bool, bool]]], within: SegmentFilter) -> None:
    stored = {v: [written(v, i, *drawn) for i, drawn in enumerate(rows)] for v, rows in library.items()}
    for video_id, rows in stored.items():
        index.replace_video(VIDEOS[video_id], video_id, rows)
    admitted = [d for rows in stored.values() for d in rows if within.admits(d)]
    worded = ids(d for d in admitted if set(within.modalities) & set(d.texts))
    close = ids(d for d in admitted if set(within.modalities) & {v.modality for v in d.vectors})

    hits = index.search("rocket", VECTOR, within, LIMIT)
    assert ids(hit.document for hit in hits.words) == worded
    assert ids(hit.document for hit in hits.vectors) == close
    assert ids(index.search_literal("rocket", within, LIMIT)) == worded
    assert ids(index.documents(within, LIMIT)) == worded


@pytest.mark.parametrize("index", ["memory", "sqlite"], indirect=True)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(library=documents, within=filters)
def test_a_search_returns_exactly_the_segments_that_its_filter_admits(
    index: SegmentIndex, library: dict[str, list[tuple[Span, bool, bool]]], within: SegmentFilter
) -> None:
    check(index, library, within)


@pytest.mark.parametrize("index", ["opensearch"], indirect=True)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(library=documents, within=filters)
def test_opensearch_returns_exactly_the_segments_that_a_filter_admits(
    index: SegmentIndex, library: dict[str, list[tuple[Span, bool, bool]]], within: SegmentFilter
) -> None:
    """Fewer examples, because each write waits until it can be searched."""
    check(index, library, within)


@pytest.mark.parametrize("instant_s", [0, 5, 10])
def test_an_instant_is_looked_up_in_the_videos_of_the_account_only(index: SegmentIndex, instant_s: float) -> None:
    """An instant has conditions of its own beside that on the account."""
    for video_id, account_id in VIDEOS.items():
        index.replace_video(account_id, video_id, [written(video_id, 0, span(0, 10), True, True)])
    for account_id in ACCOUNTS:
        within = SegmentFilter(account_id=account_id, video_ids=tuple(VIDEOS), within=span(instant_s, instant_s))
        expected = {(account_id, v, 0) for v, owner in VIDEOS.items() if owner == account_id}
        assert ids(index.documents(within, LIMIT)) == expected
        assert ids(hit.document for hit in index.search("rocket", None, within, LIMIT).words) == expected
