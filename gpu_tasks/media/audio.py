"""Decodes the audio of a file into mono windows of limited length."""

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

from gpu_tasks.media.container import open_container

SAMPLE_RATE_HZ = 16_000
WINDOW_LENGTH_S = 600.0
SEARCH_LENGTH_S = 30.0
BLOCK_LENGTH_S = 0.25


@dataclass(frozen=True)
class AudioWindow:
    """Mono samples between -1 and 1; the first sample is at `start_s` of the video."""

    start_s: float
    samples: NDArray[np.float32]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / SAMPLE_RATE_HZ


def decode_audio(path: Path, window_length_s: float = WINDOW_LENGTH_S) -> Iterator[AudioWindow]:
    """Windows in order without gaps; none when there is no audio stream.

    Windows limit the memory: ten hours of audio need gigabytes. A window ends at the quietest block of its last
    seconds, so that it does not split a word.
    """
    with open_container(path) as container:
        stream = best_audio(container)
        if stream is not None:
            yield from _windows(container, stream, round(window_length_s * SAMPLE_RATE_HZ))


def _windows(container: InputContainer, stream: AudioStream, samples_max: int) -> Iterator[AudioWindow]:
    zero_s, blocks, buffered = None, [], 0
    first_s = 0.0
    for at_s, samples in _samples(container, stream):
        if zero_s is None:
            zero_s = first_s = max(0.0, at_s - start_s(container))
        blocks.append(samples)
        buffered += len(samples)
        if buffered >= samples_max:
            whole = np.concatenate(blocks)
            cut = _quietest(whole, min(SEARCH_LENGTH_S, samples_max / SAMPLE_RATE_HZ / 2))
            yield AudioWindow(first_s, whole[:cut])
            first_s += cut / SAMPLE_RATE_HZ
            blocks, buffered = [whole[cut:]], len(whole) - cut
    if buffered:
        yield AudioWindow(first_s, np.concatenate(blocks))


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
