"""The text reader reads words and rejects false positives."""

import cv2
import numpy as np
import pytest

from gpu_tasks.engines.ppocr_reader import is_legible
from gpu_tasks.engines.registry import EngineRegistry


def test_a_printed_line_has_its_text_and_position(engines: EngineRegistry) -> None:
    picture = np.full((540, 960, 3), 30, np.uint8)
    cv2.putText(picture, "QUARTERLY RESULTS", (200, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (255, 255, 255), 3)
    (line,) = engines.screen_text.read(picture)
    assert line.text == "QUARTERLY RESULTS"
    assert 150 <= line.box.x1 <= 250
    assert 240 <= line.box.y1 <= 290


def test_an_empty_picture_has_no_text(engines: EngineRegistry) -> None:
    assert engines.screen_text.read(np.full((540, 960, 3), 90, np.uint8)) == ()


@pytest.mark.parametrize("text", ["PRESENTS", "50%", "2016", "EXIT 14", "こんにちは", "Größe", "12:30"])
def test_words_and_numbers_are_legible(text: str) -> None:
    assert is_legible(text)


@pytest.mark.parametrize("text", ["", " ", "a", "—…", "||//", "·.,:;", "x-=+~"])
def test_punctuation_and_noise_are_not_legible(text: str) -> None:
    assert not is_legible(text)
