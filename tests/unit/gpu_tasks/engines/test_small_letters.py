"""A large picture is read in detail where it has small letters; no line is reported twice."""

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import Box, ScreenLine

from gpu_tasks.engines.text_reading.small_letters import has_small_letters, merge_lines

SIDE = 2560


def probability(width: int, height: int, value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    picture = np.zeros((544, 960), np.float32)
    picture[200 : 200 + height, 100 : 100 + width] = value
    return picture


# Sizes and probabilities as measured in drawn text and in frames of the real videos.
@pytest.mark.parametrize(
    ("width", "height", "value", "expected"),
    [
        (154, 5, 0.96, True),
        (37, 4, 0.94, True),
        (62, 3, 0.43, False),
        (34, 7, 0.41, False),
        (400, 40, 0.99, False),
        (0, 0, 0, False),
    ],
)
def test_small_letters_are_long_low_regions(width: int, height: int, value: float, expected: bool) -> None:
    assert has_small_letters(probability(width, height, value)) is expected


def line(text: str, x1: int, y1: int, x2: int, y2: int) -> ScreenLine:
    return ScreenLine(text=text, score=0.99, box=Box(x1=x1, y1=y1, x2=x2, y2=y2))


def test_lines_of_both_readings_are_merged_without_duplicates() -> None:
    overview = [line("QUARTERLY REPORT", 700, 60, 1900, 160), line("edger", 300, 400, 380, 440)]
    detail = [
        line("QUART", 700, 60, 1100, 160),
        line("ledger", 290, 405, 380, 432),
        line("balance", 290, 500, 400, 526),
    ]
    assert [found.text for found in merge_lines(overview, detail, SIDE)] == ["QUARTERLY REPORT", "ledger", "balance"]


def test_a_line_that_only_the_overview_has_is_kept_in_its_place() -> None:
    overview = [line("Chapter", 100, 300, 300, 350)]
    detail = [line("above", 100, 100, 300, 126), line("below", 100, 500, 300, 526)]
    assert [found.text for found in merge_lines(overview, detail, SIDE)] == ["above", "Chapter", "below"]


def test_specks_along_the_edges_of_larger_things_are_no_letters() -> None:
    picture = np.zeros((544, 960), np.float32)
    picture[100:500:20, 100:900:40] = 0.9
    picture[100:102, 300:315] = 0.9
    assert not has_small_letters(picture)
