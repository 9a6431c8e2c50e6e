"""Every filter of a search, on overlapping videos of two accounts: each store returns exactly what it admits."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

import pytest
from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import MetadataFilter, MetadataRange
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions, VideoCount
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter
from cinedex.search.domain.index.time_range import Instant, TimeRange
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
METADATA = ({}, {"camera": "north", "floor": 3}, {"floor": -1.5, "indoors": True}, {"camera": 'a"b', "floor": "3"})
fields = st.fixed_dictionaries(
    {
        "version": st.sampled_from([0, 1]),
        "collection_id": st.sampled_from([None, "c1", "c2"]),
        "duration_s": st.sampled_from([10.0, 15.0, 60.0]),
        "width": st.sampled_from([None, 640.0]),
        "recorded_at_s": st.sampled_from([None, 1000.0]),
        "languages": st.sampled_from([(), ("en",), ("de", "fr")]),
        "features": st.sampled_from([(), (Feature.EMBEDDINGS,), (Feature.EMBEDDINGS, Feature.CAPTIONS)]),
        "metadata": st.sampled_from(METADATA),
    }
)
required = st.sampled_from(["north", 3, 3.0, True, "3", MetadataRange(gte=-2), MetadataRange(lte=0), MetadataRange()])
ranges = st.sampled_from([NumberRange(), NumberRange(gte=12.0), NumberRange(lte=15.0), NumberRange(gte=640, lte=640)])
instants = st.builds(
    Instant, seconds=st.sampled_from([0.0, 5.0, 30.0]), seconds_max=st.sampled_from([inf, 4.0]), from_end=st.booleans()
) | st.builds(
    Instant, share=st.sampled_from([0.2, 0.5]), seconds_max=st.sampled_from([inf, 4.0]), from_end=st.booleans()
)
video_filters = st.builds(
    VideoConditions,
    collection_ids=st.none() | st.sampled_from([(), ("c1",), ("c1", "c2")]),
    duration_s=ranges,
    width=ranges,
    languages=st.none() | st.sampled_from([("en",), ("en", "de"), ()]),
    features=st.sampled_from([(), (Feature.CAPTIONS,)]),
    any_of=st.none() | st.sampled_from([(), (Feature.EMBEDDINGS,), (Feature.EMBEDDINGS, Feature.OBJECTS)]),
    metadata=st.dictionaries(st.sampled_from(["camera", "floor", "indoors"]), required, max_size=1).map(
        lambda keys: MetadataFilter(keys=keys)
    ),
    recorded_from_s=st.none() | st.sampled_from([1005.0, 1010.0]),
    recorded_to_s=st.none() | st.sampled_from([1010.0, 2000.0]),
)
filters = st.builds(
    SegmentFilter,
    account_id=st.sampled_from(ACCOUNTS),
    video_ids=st.none() | st.lists(st.sampled_from([*VIDEOS, "unknown"]), unique=True, min_size=1).map(tuple),
    excluded_ids=st.sampled_from([(), (), ("a",)]),
    videos=st.just(VideoConditions()) | video_filters,
    within=st.none() | spans,
    windows=st.dictionaries(st.sampled_from(list(VIDEOS)), spans, max_size=2),
    ranges=st.just(())
    | st.builds(TimeRange, words=st.just(""), start=st.none() | instants, end=st.none() | instants).map(lambda r: (r,)),
    modalities=modalities,
)
libraries = st.tuples(documents, st.fixed_dictionaries(dict.fromkeys(VIDEOS, fields)))
Rows = dict[str, list[tuple[Span, bool, bool]]]
Library = tuple[Rows, dict[str, dict[str, Any]]]


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


def check(index: SegmentIndex, library: Library, within: SegmentFilter) -> None:
    rows_of, fields_of = library
    stored = {v: [written(v, i, *drawn) for i, drawn in enumerate(rows)] for v, rows in rows_of.items()}
    videos = {v: IndexedVideo(account_id=VIDEOS[v], video_id=v, **fields) for v, fields in fields_of.items()}
    for video_id, rows in stored.items():
        index.delete_video(VIDEOS[video_id], video_id)
        known = videos[video_id] if videos[video_id].is_known else None
        index.replace_video(VIDEOS[video_id], video_id, rows, known)
    admitted = [d for v, rows in stored.items() for d in rows if within.admits(d, videos[v])]
    worded = ids(d for d in admitted if set(within.modalities) & set(d.texts))
    close = ids(d for d in admitted if set(within.modalities) & {v.modality for v in d.vectors})

    hits = index.search("rocket", VECTOR, within, LIMIT)
    assert ids(hit.document for hit in hits.words) == worded
    assert ids(hit.document for hit in hits.vectors) == close
    assert ids(index.search_literal("rocket", within, LIMIT)) == worded
    assert ids(index.documents(within, LIMIT)) == worded
    known_videos = [v for v in videos.values() if v.is_known]
    counted = [v for v in known_videos if within.of_whole_videos.part_of(v) is not None]
    listed = index.newest(within, "", LIMIT).video_ids
    assert [i for i in listed if videos[i].is_known] == sorted((v.video_id for v in counted), reverse=True)
    if all(v.is_known for v in videos.values()):
        duration_s = sum(v.duration_s for v in counted)
        assert index.count(within) == VideoCount(videos=len(counted), duration_s=duration_s)


@pytest.mark.parametrize("index", ["memory", "sqlite"], indirect=True)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(library=libraries, within=filters)
def test_a_search_returns_exactly_the_segments_that_its_filter_admits(
    index: SegmentIndex, library: Library, within: SegmentFilter
) -> None:
    check(index, library, within)


@pytest.mark.parametrize("index", ["opensearch"], indirect=True)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(library=libraries, within=filters)
def test_opensearch_returns_exactly_the_segments_that_a_filter_admits(
    index: SegmentIndex, library: Library, within: SegmentFilter
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
