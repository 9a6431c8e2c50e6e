"""Estimates how long a worker needs for the analysis of a video, from its probe and before any of it is analysed.

Measured on two cores: H.264 is decoded in 2 ns for each pixel, and each frame costs 30 us more, however small it is. A
sampled frame takes about 0.25 s (objects and text), and a second of sound about 0.15 s.
"""

from __future__ import annotations

from cinedex.library.domain.probe import Probe

DECODING_PASSES = 2.2  # one for the shots, one for the chunks, and the frames before the first of each chunk
FRAME_S = 30e-6
PIXEL_S = 2e-9
SAMPLED_FRAME_S = 0.25
SOUND_S = 0.15
FALLBACK_FPS = 30.0
CODEC_FACTORS = {"h264": 1.0, "mpeg2video": 0.7, "mpeg4": 0.7, "mjpeg": 1.0, "vp8": 1.0, "vp9": 1.3, "av1": 1.5}
CODEC_FACTOR_MAX = 1.8
"""Of HEVC, and of any codec that is not measured."""

COST_FREE_S = 3600.0
"""Every video may cost an hour, so that a short clip of a high resolution is not refused."""


def analysis_cost_s(probe: Probe) -> float:
    """Seconds of one worker for the whole analysis, if it had this video alone."""
    return round(sound_cost_s(probe) + _pictures_s(probe), 3)


def sound_cost_s(probe: Probe) -> float:
    """The share of the sound in `analysis_cost_s`."""
    return SOUND_S * probe.duration_s if probe.audio_codec else 0.0


def cost_limit_s(probe: Probe, per_second_max: float) -> float:
    """The longest analysis that a deployment allows: `per_second_max` seconds for a second of video, and an hour."""
    return COST_FREE_S + per_second_max * probe.duration_s


def _pictures_s(probe: Probe) -> float:
    if not probe.has_video:
        return 0.0
    pixels = (probe.width or 0) * (probe.height or 0)
    factor = CODEC_FACTORS.get(probe.video_codec or "", CODEC_FACTOR_MAX)
    decoding_s = DECODING_PASSES * (probe.avg_fps or FALLBACK_FPS) * (FRAME_S + PIXEL_S * factor * pixels)
    return probe.duration_s * (decoding_s + SAMPLED_FRAME_S)
