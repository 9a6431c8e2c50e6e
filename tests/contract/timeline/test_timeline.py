"""`Timeline`: tracks that are replaced as a whole and read by time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cinedex.adapters.dynamodb import timeline as adapter
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span, span
from cinedex.timeline import timeline_store
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.timeline_store import Timeline

V, T, C = "video-1", Track.TRANSCRIPT, Track.CAPTIONS


def entries(*spans: tuple[float, float], text: str = "text") -> list[TimelineEntry]:
    return [TimelineEntry(index=i, span=span(*s), body={"text": f"{text} {i}"}) for i, s in enumerate(spans)]


def tens(number: int, text: str = "text") -> list[TimelineEntry]:
    """Entries of ten seconds, one after the other."""
    return entries(*((i * 10, i * 10 + 10) for i in range(number)), text=text)


def indexes(timeline: Timeline, within: Span | None = None, limit: int = 50) -> list[int]:
    return [e.index for e in timeline.page(V, T, 1, within, limit=limit).entries]


def test_a_track_comes_back_in_order_of_time(timeline: Timeline) -> None:
    replacement = entries((5, 6), (0.1234, 2), (5, 7))
    timeline.replace(V, T, 1, replacement)
    assert [(e.index, e.span) for e in timeline.entries(V, T, 1)] == [
        (1, span(0.123, 2)),
        (0, span(5, 6)),
        (2, span(5, 7)),
    ]


def test_bodies_hold_any_json_in_any_script(timeline: Timeline) -> None:
    body = {"text": "Ünï 日本 🎬", "words": [[0.1, 0.25, "w"]], "nested": {"none": None, "yes": True, "tiny": 1e-7}}
    timeline.replace(V, T, 1, [TimelineEntry(index=0, span=span(0, 1), body=body)])
    assert next(iter(timeline.entries(V, T, 1))).body == body


def test_more_entries_than_fit_into_one_batch_are_all_stored(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(60))
    assert [e.index for e in timeline.entries(V, T, 1)] == list(range(60))


def test_a_new_generation_replaces_the_old_one(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(30, "old"))
    timeline.replace(V, T, 2, tens(2, "new"))
    assert [e.body["text"] for e in timeline.entries(V, T, 2)] == ["new 0", "new 1"]
    assert list(timeline.entries(V, T, 1)) == []


def test_replacing_twice_leaves_the_same_track(timeline: Timeline) -> None:
    for _ in range(2):
        timeline.replace(V, T, 1, tens(30))
    assert len(list(timeline.entries(V, T, 1))) == 30


def test_a_repeated_replacement_may_hold_less(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(30))
    timeline.replace(V, T, 1, tens(3))
    assert len(list(timeline.entries(V, T, 1))) == 3


def test_a_page_ends_before_its_bodies_have_too_many_bytes(timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of an entry for each segment of a crowded street would be larger than a response."""
    for module in (timeline_store, adapter):
        monkeypatch.setattr(module, "PAGE_BYTES_MAX", 1_000)
    timeline.replace(V, T, 1, [*tens(3, "é" * 200), *entries((90, 91), text="é" * 2_000), *entries((95, 99))])
    pages, after = [], None
    while True:
        page = timeline.page(V, T, 1, after=after)
        pages.append([round(e.span.start_s) for e in page.entries])
        after = page.next_after
        if after is None:
            break
    assert pages == [[0, 10], [20], [90], [95]]


def test_an_empty_track_is_empty(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, [])
    assert timeline.page(V, T, 1).entries == ()
    assert timeline.page(V, T, 1, span(0, 1)).entries == ()


def test_a_track_that_was_never_stored_is_empty(timeline: Timeline) -> None:
    page = timeline.page(V, T, 1, span(0, 1))
    assert (page.entries, page.next_after) == ((), None)


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (span(0, 10), [0]),
        (span(9.999, 10.001), [0, 1]),
        (span(10, 20), [1]),
        (span(25, 45), [2, 3, 4]),
        (span(49, 1e6), [4]),
        (span(50, 1e6), []),
        (span(0, 1e6), [0, 1, 2, 3, 4]),
        (span(15, 15), [1]),
    ],
)
def test_a_range_holds_what_overlaps_it(timeline: Timeline, within: Span, expected: list[int]) -> None:
    timeline.replace(V, T, 1, tens(5))
    assert indexes(timeline, within) == expected


def test_a_long_entry_is_found_at_its_end_behind_many_short_ones(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, entries((0, 600), *((i, i + 1) for i in range(1, 40))))
    assert indexes(timeline, span(500, 501)) == [0]


def test_an_entry_without_length_is_found_at_its_instant(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, entries((5, 5)))
    assert indexes(timeline, span(4, 6)) == [0]
    assert indexes(timeline, span(6, 7)) == []


def pages(timeline: Timeline, limit: int, within: Span | None = None) -> Iterator[list[int]]:
    after: str | None = None
    while True:
        page = timeline.page(V, T, 1, within, after, limit)
        assert len(page.cursors) == len(page.entries)
        yield [e.index for e in page.entries]
        after = page.next_after
        if after is None:
            return


@pytest.mark.parametrize("limit", [1, 3, 6, 7, 8])
def test_pages_put_together_are_the_track(timeline: Timeline, limit: int) -> None:
    timeline.replace(V, T, 1, entries((0, 5), (0, 9), (3, 4), (3, 4), (7, 8), (7.5, 8), (100, 101)))
    read = list(pages(timeline, limit))
    assert [i for page in read for i in page] == list(range(7))
    assert all(read)


@pytest.mark.parametrize("limit", [1, 2])
def test_pages_of_a_range_put_together_are_the_range(timeline: Timeline, limit: int) -> None:
    timeline.replace(V, T, 1, tens(9))
    read = list(pages(timeline, limit, span(15, 55)))
    assert [i for page in read for i in page] == [1, 2, 3, 4, 5]
    assert all(read)


def test_reading_continues_after_any_entry_of_a_page(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(9))
    second = timeline.page(V, T, 1).cursors[1]
    assert [e.index for e in timeline.page(V, T, 1, after=second, limit=2).entries] == [2, 3]


def test_a_cursor_from_behind_the_range_finds_nothing_more(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(9))
    last = timeline.page(V, T, 1).cursors[-1]
    assert timeline.page(V, T, 1, span(0, 20), last).entries == ()


@pytest.mark.parametrize("cursor", ["", "x", "0000000000", "0000000000#0000000x", "a#b", "9" * 400])
def test_a_cursor_that_no_page_has_given_out_is_refused(timeline: Timeline, cursor: str) -> None:
    timeline.replace(V, T, 1, tens(2))
    with pytest.raises(InvalidInput):
        timeline.page(V, T, 1, after=cursor)


def test_tracks_and_videos_do_not_mix(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(1, "said"))
    timeline.replace(V, C, 1, tens(1, "seen"))
    timeline.replace(V, Track.SCENES, 1, tens(1, "scene"))
    timeline.replace(V, Track.SCREEN_TEXT, 1, tens(1, "read"))
    timeline.replace("video-10", T, 1, tens(1, "other"))
    timeline.replace(V, T, 2, tens(1, "said again"))
    texts = {track: [e.body["text"] for e in timeline.entries(V, track, g)] for track, g in ((T, 2), (C, 1))}
    assert texts == {T: ["said again 0"], C: ["seen 0"]}
    assert [e.body["text"] for e in timeline.entries(V, Track.SCENES, 1)] == ["scene 0"]
    assert [e.body["text"] for e in timeline.entries("video-10", T, 1)] == ["other 0"]


def test_deleting_a_video_removes_all_its_tracks_and_no_others(timeline: Timeline) -> None:
    for video_id in (V, "video-10"):
        for track in (T, C):
            timeline.replace(video_id, track, 1, tens(30))
    timeline.delete(V)
    assert [list(timeline.entries(V, track, 1)) for track in (T, C)] == [[], []]
    assert len(list(timeline.entries("video-10", T, 1))) == 30


def test_deleting_an_unknown_video_leaves_the_others(timeline: Timeline) -> None:
    timeline.replace(V, T, 1, tens(3))
    timeline.delete("video-unknown")
    assert len(list(timeline.entries(V, T, 1))) == 3
