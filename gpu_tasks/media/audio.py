"""Decodes the audio of a file into mono windows of limited length, on the clock of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from cinedex.adapters.pyav.packets import Damage, clock_of, decode, read_packets
from cinedex.adapters.pyav.streams import audio_tracks, best_audio, start_s
from numpy.typing import NDArray

from gpu_tasks.media.container import open_container
from gpu_tasks.media.downmix import SAMPLE_RATE_HZ, ContinuousSound, Samples
from gpu_tasks.task_errors import CorruptMedia

WINDOW_LENGTH_S = 600.0
SEARCH_LENGTH_S = 30.0
BLOCK_LENGTH_S = 0.25
BARE_FORMATS = ("aac", "ac3", "eac3", "amr", "flac", "mp3")
"""Frames without timestamps; FFmpeg derives them from the first frame, wrongly after a change of the rate."""
SILENCE_MAX_S = 30.0
"""A longer gap ends the window, so that silence takes no memory."""


@dataclass(frozen=True)
class AudioWindow:
    """Mono samples between -1 and 1; the first sample is at `start_s` of the video."""

    start_s: float
    samples: NDArray[np.float32]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / SAMPLE_RATE_HZ


def tracks_of(path: Path) -> list[int]:
    """The numbers of the audio tracks of the picture; the one that a player would choose is the first."""
    with open_container(path) as container:
        tracks, best = audio_tracks(container), best_audio(container)
        numbers = list(range(len(tracks)))
        return sorted(numbers, key=lambda n: best is None or tracks[n].index != best.index)


def has_sound(path: Path) -> bool:
    """Whether any sound can be decoded."""
    try:
        return next(decode_audio(path, window_length_s=1.0), None) is not None
    except CorruptMedia:
        return False


def decode_audio(
    path: Path,
    window_length_s: float = WINDOW_LENGTH_S,
    track: int | None = None,
    damage: Damage | None = None,
) -> Iterator[AudioWindow]:
    """Windows in order; none when there is no audio stream.

    A gap in the sound is silence, and a long one is no window. Windows limit the memory: ten hours of audio need
    gigabytes. A window ends at the quietest block of its last seconds, so that it does not split a word.

    Args:
        track: the number of the track among those of the picture; None is the one that a player would choose.
        damage: counts the seconds that cannot be decoded.

    Raises:
        CorruptMedia: none of the sound can be decoded.
    """
    damage = damage or Damage()
    with open_container(path) as container:
        stream = best_audio(container) if track is None else audio_tracks(container)[track]
        if stream is not None:
            yield from _windows(_samples(container, stream, damage), round(window_length_s * SAMPLE_RATE_HZ))
            if damage.is_total:
                raise CorruptMedia("No sound of the file can be decoded.")


def _samples(container: InputContainer, stream: AudioStream, damage: Damage) -> Iterator[Samples]:
    """Blocks of samples in order of time, with the time of each; they may have gaps and never overlap."""
    zero_s, segment, until_s = start_s(container), None, 0.0
    is_bare = container.format.name in BARE_FORMATS
    for frame in _frames(container, stream, damage):
        expected_s = segment.expects_s if segment else 0.0
        at_s = expected_s if frame.time is None else frame.time - zero_s
        at_s = max(at_s, expected_s) if is_bare else at_s
        if segment is None or not segment.continues(frame, at_s):
            if segment is not None:
                yield from segment.finish()
                until_s = segment.until_s
            segment = ContinuousSound(frame, at_s, until_s)
        yield from segment.push(frame, damage)
    if segment is not None:
        yield from segment.finish()


def _frames(container: InputContainer, stream: AudioStream, damage: Damage) -> Iterator[AudioFrame]:
    for packet in read_packets(container, stream, clock_of(container)):
        yield from decode(packet, damage)


def _windows(blocks: Iterable[Samples], samples_max: int) -> Iterator[AudioWindow]:
    held = _Held(0.0)
    for at_s, samples in blocks:
        gap = round((at_s - held.end_s) * SAMPLE_RATE_HZ)
        if held.count == 0 or gap > SILENCE_MAX_S * SAMPLE_RATE_HZ:
            yield from held.windows()
            held = _Held(at_s)
        elif gap > 0:
            held.append(np.zeros(gap, np.float32))
        held.append(samples)
        while held.count >= samples_max:
            window, held = held.split(min(SEARCH_LENGTH_S, samples_max / SAMPLE_RATE_HZ / 2), samples_max)
            yield window
    yield from held.windows()


class _Held:
    """Samples of the window that is being filled."""

    def __init__(self, start_s: float) -> None:
        self.start_s = start_s
        self.count = 0
        self._blocks: list[NDArray[np.float32]] = []

    @property
    def end_s(self) -> float:
        return self.start_s + self.count / SAMPLE_RATE_HZ

    def append(self, samples: NDArray[np.float32]) -> None:
        self._blocks.append(samples)
        self.count += len(samples)

    def windows(self) -> Iterator[AudioWindow]:
        if self.count:
            yield AudioWindow(self.start_s, np.concatenate(self._blocks))

    def split(self, search_length_s: float, samples_max: int) -> tuple[AudioWindow, _Held]:
        """The window up to the quietest block of its end, and the rest."""
        whole = np.concatenate(self._blocks)
        cut = _quietest(whole[: max(samples_max, 1)], search_length_s)
        rest = _Held(self.start_s + cut / SAMPLE_RATE_HZ)
        rest.append(whole[cut:])
        return AudioWindow(self.start_s, whole[:cut]), rest


def _quietest(samples: NDArray[np.float32], search_length_s: float) -> int:
    """Index of the middle of the quietest block among the last `search_length_s`."""
    block = round(BLOCK_LENGTH_S * SAMPLE_RATE_HZ)
    count = min(round(search_length_s / BLOCK_LENGTH_S), len(samples) // block)
    if count == 0:
        return len(samples)
    tail_start = len(samples) - count * block
    energy = np.square(samples[tail_start:].reshape(count, block)).mean(axis=1)
    return tail_start + int(energy.argmin()) * block + block // 2
