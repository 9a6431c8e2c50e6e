"""Captions combine objects, screen text and speech in correct English, and state when there is none of them."""

from collections.abc import Sequence

import pytest
from cinedex.analysis.domain.model_results import (
    Box,
    Detection,
    FrameDetections,
    FrameText,
    ModelInfo,
    ScreenLine,
    Utterance,
)
from cinedex.kernel.span import span

from gpu_tasks.engines.composed_captions import ComposedCaptions
from gpu_tasks.engines.roles import CaptionEvidence

WIDTH, HEIGHT = 900, 500
ENGINE = ComposedCaptions(ModelInfo(id="composed-captions", version="1"), {})


def detection(label: str, centre: float = 0.5, score: float = 0.7) -> Detection:
    left = int(centre * WIDTH) - 50
    return Detection(label=label, score=score, box=Box(x1=left, y1=100, x2=left + 100, y2=400))


def caption(
    frames: Sequence[Sequence[Detection]] = ((),) * 10,
    text: Sequence[Sequence[str]] = (),
    speech: Sequence[str] = (),
) -> str:
    return ENGINE.describe(
        CaptionEvidence(
            span=span(0, len(frames)),
            frame_width=WIDTH,
            frame_height=HEIGHT,
            objects=[FrameDetections(at_s=n, frame_index=n, detections=tuple(d)) for n, d in enumerate(frames)],
            text=[FrameText(at_s=n, lines=tuple(map(line, lines))) for n, lines in enumerate(text)],
            speech=[Utterance(span=span(n, n + 1), text=words) for n, words in enumerate(speech)],
        )
    )


def line(text: str) -> ScreenLine:
    return ScreenLine(text=text, score=0.9, box=Box(x1=0, y1=0, x2=10, y2=10))


SIDE_BY_SIDE = (detection("person", 0.2), detection("person", 0.8))


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([[detection("person")]] * 10, "A person is in view throughout, in the middle."),
        ([[detection("person", 0.1)]] * 5 + [[]] * 5, "A person is in view, on the left."),
        ([[detection("umbrella", 0.9)]] * 2 + [[]] * 8, "An umbrella appears briefly on the right."),
        ([SIDE_BY_SIDE] * 10, "Two people are in view throughout."),
        ([SIDE_BY_SIDE] * 2 + [[detection("person")]] * 8, "Up to two people are in view throughout."),
        ([[*SIDE_BY_SIDE, detection("bench")]] * 4, "A bench in the middle and two people are in view throughout."),
        ([[detection("tv", 0.1)]] * 10, "A TV is in view throughout, on the left."),
        ([[detection("scissors"), detection("scissors")]] * 10, "Two pairs of scissors are in view throughout."),
        ([[detection("bus", x / 12) for x in range(12)]] * 3, "12 buses are in view throughout."),
        ([[detection("knife"), detection("knife")]] * 2, "Two knives are in view throughout."),
    ],
)
def test_objects_have_a_count_a_place_and_a_duration(frames: Sequence[Sequence[Detection]], expected: str) -> None:
    assert caption(frames) == expected


def test_an_object_that_crosses_the_picture_has_no_place() -> None:
    assert caption([[detection("dog", n / 10)] for n in range(10)]) == "A dog is in view throughout."


def test_a_label_in_one_sample_of_many_is_omitted() -> None:
    assert "toilet" not in caption([[]] * 5 + [[detection("toilet")]] + [[]] * 5)


def test_an_intermittent_label_with_a_low_score_is_omitted() -> None:
    assert "kite" not in caption([[detection("kite", score=0.55)], [], [], [detection("kite", score=0.55)], []])


def test_the_only_sample_of_a_short_segment_is_sufficient() -> None:
    assert caption([[detection("cat")]]) == "A cat is in view throughout, in the middle."


def test_screen_text_is_quoted_once_in_order_of_appearance() -> None:
    text = caption(text=[["THE PEACH OPEN MOVIE PROJECT"], ["THE PEACH OPEN MOVIE PR0JECT", "PRESENTS"]])
    assert text == "The screen reads “THE PEACH OPEN MOVIE PROJECT” and “PRESENTS”."


def test_long_screen_text_is_truncated_with_a_remark() -> None:
    words = ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel"]
    assert caption(text=[words]).endswith("“Echo” and “Foxtrot”, among other text.")


def test_short_speech_is_quoted_in_full() -> None:
    assert caption(speech=["Hello there.", "How are you?"]) == "A voice says: “Hello there. How are you?”"


def test_quotation_marks_inside_a_quotation_become_single() -> None:
    assert caption(speech=['He said "stop".']) == "A voice says: “He said 'stop'.”"


def test_long_speech_is_shortened_to_its_beginning_and_end() -> None:
    words = [f"w{n}" for n in range(100)]
    text = caption(speech=[" ".join(words)])
    assert text.startswith("A voice says: “w0 w1 w2")
    assert "w50" not in text
    assert text.endswith("w98 w99”.")


def test_all_evidence_is_in_one_paragraph() -> None:
    text = caption([[detection("person")]] * 4, [["EXIT"]], ["Good morning."])
    assert text == (
        "A person is in view throughout, in the middle. The screen reads “EXIT”. A voice says: “Good morning.”"
    )


def test_a_segment_without_results_has_a_placeholder_caption() -> None:
    assert caption() == "Nothing was recognised here: no known objects, no readable text and no speech."


def test_silence_without_a_picture_has_a_placeholder_caption() -> None:
    assert caption(frames=()) == "There is no picture here, and no speech was recognised."
