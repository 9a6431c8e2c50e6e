"""Converts decoded sound of one format into mono samples at 16 kHz."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from cinedex.adapters.pyav.packets import Damage
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
GAP_S = 0.1
"""Timestamps may differ by less from the samples (`min_hard_comp` of FFmpeg's aresample)."""
MIXED_LENGTH_S = 0.5
STEREO_GAIN = 2**0.5
"""FFmpeg adds 0.71 of each channel in its own conversion to mono."""
CANCELLED_SHARE = 0.3
"""The mean of two channels without anything in common has half of their energy, a channel beside silence a quarter."""

Samples = tuple[float, NDArray[np.float32]]
"""The time of the first sample, and mono samples."""


class ContinuousSound:
    """Sound without a gap and without a change of its format: one resampler, whose output is laid end to end.

    Samples before `from_s`, which were already played, are dropped.
    """

    def __init__(self, frame: AudioFrame, at_s: float, from_s: float) -> None:
        self._format = _format_of(frame)
        self._resampler = AudioResampler(
            format="fltp", layout="mono" if frame.layout.nb_channels == 1 else "stereo", rate=SAMPLE_RATE_HZ
        )
        self.expects_s = at_s
        self.until_s = max(at_s, from_s)
        self._to_drop = max(0, round((from_s - at_s) * SAMPLE_RATE_HZ))
        self._held: list[NDArray[np.float32]] = []
        self._count = 0

    def continues(self, frame: AudioFrame, at_s: float) -> bool:
        return self._format == _format_of(frame) and abs(at_s - self.expects_s) <= GAP_S

    def push(self, frame: AudioFrame, damage: Damage) -> Iterator[Samples]:
        length_s = frame.samples / frame.sample_rate
        self.expects_s += length_s
        try:
            resampled = self._resampler.resample(frame)
        except ValueError:
            damage.lost_s += length_s
            return
        yield from self._mixed(resampled, round(MIXED_LENGTH_S * SAMPLE_RATE_HZ))

    def finish(self) -> Iterator[Samples]:
        yield from self._mixed(self._resampler.resample(None), 1)

    def _mixed(self, resampled: list[AudioFrame], count_min: int) -> Iterator[Samples]:
        for frame in resampled:
            channels = np.asarray(frame.to_ndarray(), np.float32)[:, self._to_drop :]
            self._to_drop -= min(self._to_drop, frame.samples)
            self._held.append(channels)
            self._count += channels.shape[1]
        if self._count >= count_min:
            mono = mix(np.concatenate(self._held, axis=1))
            self._held, self._count = [], 0
            yield self.until_s, mono
            self.until_s += len(mono) / SAMPLE_RATE_HZ


def mix(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The channels together; the louder one where they would cancel each other, or where the other one is silent."""
    mean: NDArray[np.float32] = channels.mean(axis=0, dtype=np.float32)
    if len(channels) == 1:
        return mean
    energies = np.square(channels).mean(axis=1)
    loudest = int(energies.argmax())
    is_cancelled = float(np.square(mean).mean()) < CANCELLED_SHARE * float(energies[loudest])
    return np.asarray(channels[loudest]) if is_cancelled else np.asarray(mean * STEREO_GAIN, np.float32)


def _format_of(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
