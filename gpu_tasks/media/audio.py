"""Decodes the sound of a file into mono windows of bounded length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from cinedex.adapters.pyav.streams import best_audio, start_s
from numpy.typing import NDArray

from gpu_tasks.media.container import opened

SAMPLE_RATE_HZ = 16_000
WINDOW_LENGTH_S = 600.0
SEARCH_LENGTH_S = 30.0
BLOCK_LENGTH_S = 0.25


@dataclass(frozen=True)
class SoundWindow:
    """Mono samples between -1 and 1; the first one sounds at `start_s` of the video."""

    start_s: float
    samples: NDArray[np.float32]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / SAMPLE_RATE_HZ


def decode_sound(path: Path, window_length_s: float = WINDOW_LENGTH_S) -> Iterator[SoundWindow]:
    """Windows in order without gaps; none when there is no audio stream.

    Ten hours of sound would fill gigabytes at once. A window is cut where its last seconds are quietest,
    so that no word is cut in two.
    """
    with opened(path) as container:
        stream = best_audio(container)
        if stream is not None:
            yield from _windows(container, stream, round(window_length_s * SAMPLE_RATE_HZ))


def _windows(container: InputContainer, stream: AudioStream, samples_max: int) -> Iterator[SoundWindow]:
    zero_s, pieces, held = None, [], 0
    first_s = 0.0
    for at_s, samples in _samples(container, stream):
        if zero_s is None:
            zero_s = first_s = max(0.0, at_s - start_s(container))
        pieces.append(samples)
        held += len(samples)
        if held >= samples_max:
            whole = np.concatenate(pieces)
            cut = _quietest(whole, min(SEARCH_LENGTH_S, samples_max / SAMPLE_RATE_HZ / 2))
            yield SoundWindow(first_s, whole[:cut])
            first_s += cut / SAMPLE_RATE_HZ
            pieces, held = [whole[cut:]], len(whole) - cut
    if held:
        yield SoundWindow(first_s, np.concatenate(pieces))


def _samples(container: InputContainer, stream: AudioStream) -> Iterator[tuple[float, NDArray[np.float32]]]:
    resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
    at_s = start_s(container)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            at_s = at_s if frame.time is None else frame.time
            for resampled in resampler.resample(frame):
                yield at_s, _flat(resampled)
    for resampled in resampler.resample(None):
        yield at_s, _flat(resampled)


def _flat(frame: AudioFrame) -> NDArray[np.float32]:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1)


def _quietest(samples: NDArray[np.float32], search_length_s: float) -> int:
    """Index of the middle of the quietest block among the last `search_length_s`."""
    block = round(BLOCK_LENGTH_S * SAMPLE_RATE_HZ)
    count = min(round(search_length_s / BLOCK_LENGTH_S), len(samples) // block)
    if count == 0:
        return len(samples)
    tail_start = len(samples) - count * block
    energy = np.square(samples[tail_start:].reshape(count, block)).mean(axis=1)
    return tail_start + int(energy.argmin()) * block + block // 2
