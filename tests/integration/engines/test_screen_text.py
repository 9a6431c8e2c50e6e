"""The text reader reads words and rejects false positives."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cinedex.kernel.span import Span

from gpu_tasks.analyze_chunk.frame_loop import FrameJob, process_chunk
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.text_reading.legibility import is_legible
from tests.support.clips import Picture, write_video


def test_a_printed_line_has_its_text_and_position(engines: EngineRegistry) -> None:
    picture = np.full((540, 960, 3), 30, np.uint8)
    cv2.putText(picture, "QUARTERLY RESULTS", (200, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (255, 255, 255), 3)
    (line,) = engines.screen_text.read(picture)
    assert line.text == "QUARTERLY RESULTS"
    assert 150 <= line.box.x1 <= 250
    assert 240 <= line.box.y1 <= 290


def test_an_empty_picture_has_no_text(engines: EngineRegistry) -> None:
    assert engines.screen_text.read(np.full((540, 960, 3), 90, np.uint8)) == ()


def written(text: str, grey: int = 255) -> Picture:
    picture = np.full((540, 960, 3), 30, np.uint8)
    return np.asarray(cv2.putText(picture, text, (200, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (grey,) * 3, 3), np.uint8)


@pytest.mark.parametrize("text", ["QUARTERLY RESULTS", "Lorem ipsum", "EXIT 14"])
def test_words_of_little_contrast_are_read(engines: EngineRegistry, text: str) -> None:
    assert [line.text for line in engines.screen_text.read(written(text, grey=60))] == [text]


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("QUARTERLY RESULTS", np.s_[::-1, ::-1]),  # the model reads "OUY RTS" with a score of 0.83
        ("Lorem ipsum", np.s_[::-1, ::-1]),
        ("EXIT 14", np.s_[:, ::-1]),
        ("EXIT 14", np.s_[::-1]),
    ],
)
def test_words_that_are_upside_down_or_mirrored_are_not_read_as_other_words(
    engines: EngineRegistry, text: str, turned: Any
) -> None:
    assert engines.screen_text.read(np.ascontiguousarray(written(text)[turned])) == ()


@pytest.mark.parametrize("text", ["PRESENTS", "50%", "2016", "EXIT 14", "こんにちは", "Größe", "12:30"])
def test_words_and_numbers_are_legible(text: str) -> None:
    assert is_legible(text)


@pytest.mark.parametrize("text", ["", " ", "a", "—…", "||//", "·.,:;", "x-=+~"])
def test_punctuation_and_noise_are_not_legible(text: str) -> None:
    assert not is_legible(text)


@pytest.mark.parametrize("sign", ["C++", "C#", "Q&A", "A-", "50 %", "7", "B"])
def test_short_signs_are_read(engines: EngineRegistry, sign: str) -> None:
    assert [line.text for line in engines.screen_text.read(written(sign))] == [sign]


def test_small_letters_of_a_4k_recording_are_read_beside_its_title(engines: EngineRegistry, tmp_path: Path) -> None:
    small = {
        (300, 700): "Save changes before closing",
        (2500, 1500): "Invoice 4711 was approved",
        (2960, 260): "Cancel",
    }
    screen = np.full((2160, 3840, 3), 240, np.uint8)
    cv2.putText(screen, "QUARTERLY RESULTS", (900, 400), cv2.FONT_HERSHEY_SIMPLEX, 5, (40, 40, 40), 16, cv2.LINE_AA)
    for at, text in small.items():
        cv2.putText(screen, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (40, 40, 40), 2, cv2.LINE_AA)
    clip = write_video(tmp_path / "screen.mkv", [screen, screen])
    job = FrameJob(clip, Span(start_s=0, end_s=0.08), (), None, engines.screen_text)
    (frame,) = process_chunk(job, lambda _: None).text.frames
    boxes = {line.text: line.box for line in frame.lines}
    assert sorted(boxes) == sorted(["QUARTERLY RESULTS", *small.values()])
    for (x, y), text in small.items():
        assert abs(boxes[text].x1 - x) < 20
        assert boxes[text].y1 < y < boxes[text].y2 + 10
