"""Cuts and dissolves are shot boundaries; motion, titles and noise are not."""

import itertools

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import ModelInfo

from gpu_tasks.engines.content_shots import ContentShots
from gpu_tasks.engines.dissolves import DissolveDetector
from tests.support.clips import Picture, plain, textured

STEP_S = 0.08
A, B, C = (textured(seed, 60, 36) for seed in (1, 2, 3))


def boundaries_s(pictures: list[Picture]) -> list[float]:
    """Start times of all shots but the first, in seconds."""
    engine = ContentShots(ModelInfo(id="content-shots", version="1"), {})
    engine.setup()
    detector = engine.begin()
    for number, picture in enumerate(pictures):
        detector.push(number * STEP_S, picture)
    shots = detector.finish(len(pictures) * STEP_S)
    assert shots[0].start_s == 0.0
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(shots))
    assert shots[-1].end_s == pytest.approx(len(pictures) * STEP_S)
    return [shot.start_s for shot in shots[1:]]


def blend(one: Picture, other: Picture, steps: int) -> list[Picture]:
    shares = [(n + 1) / (steps + 1) for n in range(steps)]
    return [(one * (1 - s) + other * s).astype(np.uint8) for s in shares]


def test_a_cut_is_at_the_first_frame_of_the_new_shot() -> None:
    assert boundaries_s([A] * 25 + [B] * 25 + [C] * 25) == pytest.approx([25 * STEP_S, 50 * STEP_S])


@pytest.mark.parametrize(("deblocked", "middles_s"), [(False, []), (True, [6 * STEP_S])])
def test_the_deblocking_filter_lowers_the_changes_of_a_dissolve(deblocked: bool, middles_s: list[float]) -> None:
    detector = DissolveDetector(deblocked=deblocked)
    for number, picture in enumerate([A, *blend(A, B, 11), B]):
        detector.push(number * STEP_S, 2.95, picture)
    assert [dissolve.middle_s for dissolve in detector.finish()] == pytest.approx(middles_s)


def test_a_dissolve_is_one_boundary_at_its_middle() -> None:
    assert boundaries_s([A] * 25 + blend(A, B, 12) + [B] * 25) == pytest.approx([31 * STEP_S], abs=STEP_S)


def test_a_still_picture_is_one_shot() -> None:
    assert boundaries_s([A] * 60) == []


def test_a_fade_in_at_the_start_is_not_a_boundary() -> None:
    assert boundaries_s(blend(plain((0, 0, 0), 60, 36), A, 15) + [A] * 40) == []


def test_a_pan_over_one_scene_is_not_a_boundary() -> None:
    wide = textured(7, 180, 36)
    assert (
        boundaries_s([wide[:, :60]] * 20 + [wide[:, x : x + 60] for x in range(0, 60, 4)] + [wide[:, 56:116]] * 20)
        == []
    )


def test_a_title_that_fades_in_over_a_shot_is_not_a_boundary() -> None:
    titled = A.copy()
    titled[10:20, 10:50] = 255
    assert boundaries_s([A] * 25 + blend(A, titled, 12) + [titled] * 25) == []


def test_colour_noise_in_a_grey_picture_is_not_a_boundary() -> None:
    grey, noisy = plain((100, 100, 101), 60, 36), plain((101, 100, 100), 60, 36)
    assert boundaries_s([grey] * 20 + [noisy] * 20) == []


def test_a_flash_shorter_than_a_shot_adds_at_most_one_boundary() -> None:
    assert len(boundaries_s([A] * 25 + [B] * 3 + [A] * 25)) <= 1


def moving(jump: int) -> list[Picture]:
    """Grey pictures that flicker by 30 levels, a score of 10, and change by `jump` levels once in between."""
    levels = [30 if n % 2 else 0 for n in range(25)]
    return [plain((level,) * 3, 60, 36) for level in [*levels, *(level + jump for level in levels)]]


@pytest.mark.parametrize(("jump", "count"), [(75, 0), (78, 0), (84, 1), (90, 1)])
def test_amid_motion_a_change_of_27_of_255_is_a_cut_and_less_is_not(jump: int, count: int) -> None:
    """A change of three levels of grey has a score of one, because grey has neither hue nor saturation."""
    assert len(boundaries_s(moving(jump))) == count


@pytest.mark.parametrize(("jump", "count"), [(42, 0), (48, 1)])
def test_between_still_pictures_a_change_of_15_of_255_is_a_cut_and_less_is_not(jump: int, count: int) -> None:
    still = [plain((level,) * 3, 60, 36) for level in (0, jump) for _ in range(25)]
    assert len(boundaries_s(still)) == count
