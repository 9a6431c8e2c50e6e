"""Frames become entries: what was read, for how long, and what was seen, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.analysis.domain.model_results import (
    Box,
    DetectedObjects,
    Detection,
    FrameDetections,
    FrameText,
    ReadText,
    ScreenLine,
    SegmentCaption,
    SegmentCaptions,
)
from cinedex.analysis.domain.timeline_entries import (
    DETECTIONS_PER_ENTRY_MAX,
    caption_entries,
    object_entries,
    screen_text_entries,
)
from cinedex.kernel.span import Span, span
from cinedex.library.domain.segmenting import Segment


def frame(at_s: float, *texts: str) -> FrameText:
    boxes = (Box(x1=0, y1=10 * i, x2=100, y2=10 * i + 8) for i in range(len(texts)))
    lines = tuple(ScreenLine(text=t, score=0.9, box=b) for t, b in zip(texts, boxes, strict=True))
    return FrameText(at_s=at_s, lines=lines)


def shown(duration_s: float, *chunks: tuple[FrameText, ...], shots: Sequence[Span] = ()) -> list[tuple[str, Span]]:
    entries = screen_text_entries([ReadText(frames=frames) for frames in chunks], shots, duration_s)
    assert [e.index for e in entries] == list(range(len(entries)))
    return [(e.body["text"], e.span) for e in entries]


def test_a_line_stands_from_its_first_frame_to_the_first_that_lacks_it() -> None:
    read = shown(30, (frame(1, "TITLE"), frame(2, "TITLE"), frame(5)))
    assert read == [("TITLE", span(1, 5))]


def test_a_line_goes_at_the_cut_when_there_was_one_before_the_frame_that_lacks_it() -> None:
    shots = [span(0, 3.4), span(3.4, 4.5), span(4.5, 30)]
    assert shown(30, (frame(1, "TITLE"), frame(5)), shots=shots) == [("TITLE", span(1, 3.4))]


def test_a_line_that_outlives_a_cut_is_one_entry() -> None:
    read = shown(30, (frame(1, "LOGO"), frame(4, "LOGO"), frame(6)), shots=[span(0, 3), span(3, 30)])
    assert read == [("LOGO", span(1, 6))]


def test_a_line_that_continues_in_the_next_chunk_is_one_entry() -> None:
    assert shown(30, (frame(1, "TITLE"),), (frame(10, "TITLE"), frame(12))) == [("TITLE", span(1, 12))]


def test_a_line_that_never_goes_away_stands_to_the_end() -> None:
    assert shown(30, (frame(4, "LOGO"),)) == [("LOGO", span(4, 30))]


def test_a_line_that_comes_back_is_a_second_entry() -> None:
    read = shown(9, (frame(1, "A"), frame(2), frame(3, "A"), frame(4)))
    assert read == [("A", span(1, 2)), ("A", span(3, 4))]


def test_chunks_that_arrive_out_of_order_are_read_in_order_of_time() -> None:
    assert shown(30, (frame(10, "B"), frame(11)), (frame(1, "A"), frame(2))) == [
        ("A", span(1, 2)),
        ("B", span(10, 11)),
    ]


def test_lines_of_one_frame_are_read_from_top_to_bottom_and_once() -> None:
    assert [text for text, _ in shown(9, (frame(1, "first", "second", " first ", ""), frame(2)))] == [
        "first",
        "second",
    ]


def test_a_line_read_after_the_probed_end_does_not_run_backwards() -> None:
    assert shown(10.0, (frame(10.5, "END"),)) == [("END", span(10.5, 10.5))]


def test_captions_are_numbered_in_order_of_their_segments() -> None:
    def captions_of(index: int) -> SegmentCaptions:
        caption = SegmentCaption(segment_index=index, span=span(index, index + 1), text=f"{index}.", model="m@1")
        return SegmentCaptions(captions=(caption,))

    entries = caption_entries([captions_of(1), captions_of(0)])
    assert [(e.index, e.body) for e in entries] == [
        (0, {"caption": "0.", "model": "m@1"}),
        (1, {"caption": "1.", "model": "m@1"}),
    ]


BOX = Box(x1=1, y1=2, x2=3, y2=4)
SEGMENTS = [Segment(index=0, span=span(0, 10)), Segment(index=1, span=span(10, 20))]


def frames_with_persons(*frames: tuple[float, int]) -> DetectedObjects:
    """Frames with the given numbers of persons."""
    person = Detection(label="person", score=0.98765, box=BOX)
    return DetectedObjects(
        frames=tuple(FrameDetections(at_s=t, frame_index=int(t * 25), detections=(person,) * n) for t, n in frames),
        frame_width=640,
        frame_height=360,
        sample_fps=2.0,
    )


def test_a_detection_belongs_to_the_segment_that_holds_its_frame() -> None:
    entries = object_entries([frames_with_persons((0.0, 1), (9.96, 1)), frames_with_persons((10.0, 1))], SEGMENTS)
    assert [(e.span, len(e.body["detections"])) for e in entries] == [(span(0, 10), 2), (span(10, 20), 1)]


def test_a_detection_says_what_where_and_when() -> None:
    (entry,) = object_entries([frames_with_persons((4.0, 1))], SEGMENTS)
    assert entry.body["detections"] == [
        {"type": "person", "score": 0.988, "bbox": [1, 2, 3, 4], "frame_idx": 100, "at_s": 4.0, "until_s": 4.5}
    ]


def test_segments_that_show_nothing_have_no_entry() -> None:
    assert object_entries([frames_with_persons((1.0, 0), (2.0, 0))], SEGMENTS) == []
    assert object_entries([], SEGMENTS) == []


def test_a_segment_with_many_detections_is_split_into_entries_that_fit_the_table() -> None:
    entries = object_entries([frames_with_persons((1.0, DETECTIONS_PER_ENTRY_MAX), (2.0, 5))], SEGMENTS)
    assert [len(e.body["detections"]) for e in entries] == [DETECTIONS_PER_ENTRY_MAX, 5]
    assert {e.span for e in entries} == {span(0, 10)}
    assert [e.index for e in entries] == [0, 1]


def test_an_entry_has_at_most_a_thousand_detections() -> None:
    entries = object_entries([frames_with_persons((1.0, 2001))], SEGMENTS)
    assert [len(e.body["detections"]) for e in entries] == [1000, 1000, 1]


def test_times_and_scores_of_a_detection_are_rounded_to_thousandths() -> None:
    found = frames_with_persons((1.23456, 1)).model_copy(update={"sample_fps": 3.0})
    (entry,) = object_entries([found], SEGMENTS)
    (row,) = entry.body["detections"]
    assert (row["score"], row["at_s"], row["until_s"]) == (0.988, 1.235, 1.568)


def test_lines_are_ordered_by_their_start_and_then_by_their_end() -> None:
    read = shown(30, (frame(1, "long", "short"), frame(2, "long"), frame(3, "late"), frame(4)))
    assert read == [("short", span(1, 2)), ("long", span(1, 3)), ("late", span(3, 4))]


def test_lines_of_the_same_height_are_read_from_left_to_right() -> None:
    lines = [
        ScreenLine(text=text, score=0.9, box=Box(x1=x, y1=y, x2=x + 9, y2=y + 8))
        for text, x, y in [("right", 50, 0), ("below", 0, 10), ("left", 0, 0)]
    ]
    assert [text for text, _ in shown(9, (FrameText(at_s=1, lines=tuple(lines)), frame(2)))] == [
        "left",
        "right",
        "below",
    ]


def test_a_cut_before_the_last_read_frame_does_not_end_a_line() -> None:
    shots = [span(0, 2), span(2, 4), span(4, 30)]
    assert shown(30, (frame(1, "A"), frame(3, "A"), frame(9)), shots=shots) == [("A", span(1, 4))]


def test_a_line_that_is_read_at_a_cut_ends_at_the_next_one() -> None:
    shots = [span(0, 2), span(2, 4), span(4, 30)]
    assert shown(30, (frame(2, "A"), frame(9)), shots=shots) == [("A", span(2, 4))]
