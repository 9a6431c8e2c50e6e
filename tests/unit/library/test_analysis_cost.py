"""The estimate of an analysis follows what the file contains, and a file that costs too much is refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cinedex.library.domain.analysis_cost import COST_FREE_S, analysis_cost_s, cost_limit_s
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import UploadStatus, Video

from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.scenario import TALKING_CLIP

PER_SECOND_MAX = 3.0
HOUR_S = 3600.0


def probe(**fields: Any) -> Probe:
    return TALKING_CLIP.model_copy(update=fields)


ORDINARY = {
    "an hour of 1080p": probe(duration_s=HOUR_S, width=1920, height=1080, avg_fps=30.0),
    "twelve hours of 4K in HEVC": probe(
        duration_s=12 * HOUR_S, width=3840, height=2160, avg_fps=30.0, video_codec="hevc"
    ),
    "slow motion of a telephone": probe(duration_s=60.0, width=1920, height=1080, avg_fps=240.0, video_codec="hevc"),
    "a short clip in 8K": probe(duration_s=10.0, width=7680, height=4320, avg_fps=120.0, video_codec="hevc"),
    "twelve hours of sound": probe(duration_s=12 * HOUR_S, width=None, height=None, avg_fps=None, video_codec=None),
    "tiny pictures at 1000 per second": probe(duration_s=600.0, width=16, height=16, avg_fps=1000.0),
}
BOMBS = {
    "an hour of 1080p at 1000 per second": probe(duration_s=HOUR_S, width=1920, height=1080, avg_fps=1000.0),
    "ten minutes of 8K at 1000 per second": probe(duration_s=600.0, width=8192, height=4608, avg_fps=1000.0),
    "an hour of the largest pictures": probe(
        duration_s=HOUR_S, width=8192, height=4608, avg_fps=60.0, video_codec="hevc"
    ),
    "tiny pictures at 100,000 per second": probe(duration_s=HOUR_S, width=16, height=16, avg_fps=100_000.0),
}


def registered(memory_app: InMemoryApp, found: Probe) -> Video:
    memory_app.probe.answer = found
    video = memory_app.uploading()
    memory_app.register(video.media)
    return memory_app.now(video)


@pytest.mark.parametrize("found", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_video_is_within_the_default_limit(memory_app: InMemoryApp, found: Probe) -> None:
    video = registered(memory_app, found)
    assert video.status is UploadStatus.UPLOADED
    assert video.probe is not None
    assert video.probe.cost_s == analysis_cost_s(found)


@pytest.mark.parametrize("found", BOMBS.values(), ids=BOMBS)
def test_a_video_that_costs_too_much_fails_with_its_estimate_and_the_limit(
    memory_app: InMemoryApp, found: Probe
) -> None:
    video = registered(memory_app, found)
    assert (video.status, video.error_code) == (UploadStatus.FAILED, "too_costly")
    assert f"about {analysis_cost_s(found):.0f} s of a worker" in str(video.error)
    assert f"is {cost_limit_s(found, PER_SECOND_MAX):.0f} s" in str(video.error)
    assert f"{found.width}x{found.height} pixels at {found.avg_fps:g} frames" in str(video.error)


def test_every_video_may_cost_an_hour() -> None:
    assert cost_limit_s(probe(duration_s=0.0), 0.1) == COST_FREE_S == HOUR_S


@pytest.mark.parametrize(
    ("cheap", "dear"),
    [
        ({"avg_fps": 25.0}, {"avg_fps": 50.0}),
        ({"width": 640}, {"width": 1280}),
        ({"duration_s": 60.0}, {"duration_s": 61.0}),
        ({"audio_codec": None}, {"audio_codec": "aac"}),
        ({"video_codec": None}, {"video_codec": "h264"}),
        ({"video_codec": "h264"}, {"video_codec": "hevc"}),
        ({"video_codec": "av1"}, {"video_codec": "a codec that is not measured"}),
    ],
)
def test_more_of_anything_costs_more(cheap: dict[str, Any], dear: dict[str, Any]) -> None:
    assert analysis_cost_s(probe(**cheap)) < analysis_cost_s(probe(**dear))


def test_the_estimate_of_an_hour_of_1080p_is_about_what_two_cores_need() -> None:
    """Measured: 2.4 to 5 times real time with speech."""
    assert HOUR_S / 5 <= analysis_cost_s(ORDINARY["an hour of 1080p"]) <= HOUR_S


def test_a_task_gets_the_estimate_of_its_video(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started()
    cost = memory_app.begin(*memory_app.order(run)).cost
    assert cost.video_s == TALKING_CLIP.duration_s
    assert cost.estimate_s(None) == pytest.approx(analysis_cost_s(TALKING_CLIP), rel=1e-3)


@pytest.mark.parametrize(
    ("fields", "cost_s"),
    [
        ({"video_codec": None}, 15.0),
        ({"audio_codec": None}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 640 * 360)),
        ({"audio_codec": None, "avg_fps": None}, 25 + 100 * 2.2 * 30 * (30e-6 + 2e-9 * 640 * 360)),
        ({"audio_codec": None, "width": None}, 25 + 100 * 2.2 * 25 * 30e-6),
        ({"audio_codec": None, "height": None}, 25 + 100 * 2.2 * 25 * 30e-6),
        ({"audio_codec": None, "video_codec": "hevc"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 1.8 * 640 * 360)),
        ({"audio_codec": None, "video_codec": "av1"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 1.5 * 640 * 360)),
        ({"audio_codec": None, "video_codec": "vp9"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 1.3 * 640 * 360)),
        ({"audio_codec": None, "video_codec": "vp8"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 640 * 360)),
        ({"audio_codec": None, "video_codec": "mjpeg"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 640 * 360)),
        ({"audio_codec": None, "video_codec": "mpeg4"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 0.7 * 640 * 360)),
        ({"audio_codec": None, "video_codec": "mpeg2video"}, 25 + 100 * 2.2 * 25 * (30e-6 + 2e-9 * 0.7 * 640 * 360)),
    ],
)
def test_the_estimate_of_a_hundred_seconds_is_what_was_measured(fields: dict[str, Any], cost_s: float) -> None:
    """The figures are in the docstring of the module, and those of the codecs were measured beside H.264."""
    assert analysis_cost_s(probe(duration_s=100.0, **fields)) == pytest.approx(cost_s, abs=6e-4)


def test_a_second_of_video_may_cost_what_the_deployment_says() -> None:
    assert cost_limit_s(probe(duration_s=100.0), 3.0) == 3_900.0


@pytest.mark.parametrize(("per_second_max", "status"), [(0.0499, "failed"), (0.05, "uploaded")])
def test_a_video_that_costs_exactly_the_limit_is_analysed(
    memory_app: InMemoryApp, per_second_max: float, status: str
) -> None:
    """Ten hours of sound cost 5,400 s: 1,800 s beyond the hour that is free."""
    found = probe(duration_s=36_000.0, video_codec=None)
    assert analysis_cost_s(found) == 5_400.0
    memory_app.probe.answer = found
    video = memory_app.uploading()
    probe_media = replace(memory_app.probe_media, cost_per_second_max=per_second_max)
    replace(memory_app.register, probe=probe_media)(video.media)
    assert memory_app.now(video).status == status


def test_an_estimate_has_whole_milliseconds() -> None:
    assert analysis_cost_s(probe(duration_s=0.0123, video_codec=None)) == 0.002
