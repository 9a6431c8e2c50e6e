"""Cuts and dissolves are boundaries; motion, titles and noise are not."""

import itertools

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import ModelInfo

from gpu_tasks.engines.content_shots import ContentShots
from tests.support.clips import Picture, plain, textured

STEP_S = 0.08
A, B, C = (textured(seed, 60, 36) for seed in (1, 2, 3))


def found(pictures: list[Picture]) -> list[float]:
    """Where the shots after the first begin, in seconds."""
    engine = ContentShots(ModelInfo(id="content-shots", version="1"), {})
    engine.setup()
    engine.begin()
    for number, picture in enumerate(pictures):
        engine.push(number * STEP_S, picture)
    shots = engine.finish(len(pictures) * STEP_S)
    assert shots[0].start_s == 0.0
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(shots))
    assert shots[-1].end_s == pytest.approx(len(pictures) * STEP_S)
    return [shot.start_s for shot in shots[1:]]


def blend(one: Picture, other: Picture, steps: int) -> list[Picture]:
    shares = [(n + 1) / (steps + 1) for n in range(steps)]
    return [(one * (1 - s) + other * s).astype(np.uint8) for s in shares]


def test_a_cut_begins_a_shot_on_its_first_frame() -> None:
    assert found([A] * 25 + [B] * 25 + [C] * 25) == pytest.approx([25 * STEP_S, 50 * STEP_S])


def test_a_dissolve_is_one_boundary_in_its_middle() -> None:
    assert found([A] * 25 + blend(A, B, 12) + [B] * 25) == pytest.approx([31 * STEP_S], abs=STEP_S)


def test_a_still_picture_is_one_shot() -> None:
    assert found([A] * 60) == []


def test_a_fade_in_at_the_start_is_no_boundary() -> None:
    assert found(blend(plain((0, 0, 0), 60, 36), A, 15) + [A] * 40) == []


def test_a_pan_over_one_scene_is_no_boundary() -> None:
    wide = textured(7, 180, 36)
    assert found([wide[:, :60]] * 20 + [wide[:, x : x + 60] for x in range(0, 60, 4)] + [wide[:, 56:116]] * 20) == []


def test_a_title_that_fades_in_over_a_running_shot_is_no_boundary() -> None:
    titled = A.copy()
    titled[10:20, 10:50] = 255
    assert found([A] * 25 + blend(A, titled, 12) + [titled] * 25) == []


def test_the_colour_noise_of_a_grey_picture_is_no_boundary() -> None:
    grey, noisy = plain((100, 100, 101), 60, 36), plain((101, 100, 100), 60, 36)
    assert found([grey] * 20 + [noisy] * 20) == []


def test_a_flash_shorter_than_a_shot_adds_none_of_its_own() -> None:
    assert len(found([A] * 25 + [B] * 3 + [A] * 25)) <= 1
