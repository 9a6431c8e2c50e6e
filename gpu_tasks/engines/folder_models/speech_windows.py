"""Windows of at most 30 seconds with speech, and the language of each: what Whisper decodes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gpu_tasks.engines.roles import SAMPLE_RATE_HZ, Waveform
from gpu_tasks.engines.speech_evidence import LENGTHS, stretched

WINDOW_S_MAX = 30.0
SILENCE_MS_MIN = 500
"""Between two stretches of speech: a pause at which a window may end."""
DETECTED = 0.5
"""The least probability of a language that faster-whisper takes as detected."""
CERTAIN = 0.95
"""Below it, the same sound is detected again, slower and faster. Real speech is mostly above."""


@dataclass(frozen=True)
class SpeechWindow:
    """Positions of samples; `speech_s` is the length of its speech, without the pauses."""

    start: int
    end: int
    speech_s: float

    @property
    def start_s(self) -> float:
        return self.start / SAMPLE_RATE_HZ

    @property
    def end_s(self) -> float:
        return self.end / SAMPLE_RATE_HZ


@dataclass(frozen=True)
class Detected:
    """The most probable language of a window, and whether it can be believed."""

    language: str
    is_certain: bool


def speech_windows(waveform: Waveform, vad_threshold: float | None) -> list[SpeechWindow]:
    """Neighbouring stretches of speech are one window, as long as it has at most 30 seconds."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    threshold = {} if vad_threshold is None else {"threshold": vad_threshold}
    options = VadOptions(max_speech_duration_s=WINDOW_S_MAX, min_silence_duration_ms=SILENCE_MS_MIN, **threshold)
    return joined([(stretch["start"], stretch["end"]) for stretch in get_speech_timestamps(waveform, options)])


def joined(stretches: Sequence[tuple[int, int]]) -> list[SpeechWindow]:
    windows: list[SpeechWindow] = []
    for start, end in stretches:
        last = windows[-1] if windows else None
        speech_s = (end - start) / SAMPLE_RATE_HZ
        if last is not None and end - last.start <= WINDOW_S_MAX * SAMPLE_RATE_HZ:
            windows[-1] = SpeechWindow(last.start, end, last.speech_s + speech_s)
        else:
            windows.append(SpeechWindow(start, end, speech_s))
    return windows


def settled(windows: Sequence[SpeechWindow], detected: Sequence[Detected]) -> list[str | None]:
    """The language of each window.

    A short or unclear sound is taken for any language: a window that is not certain gets the language of the nearest
    window that is, and None if there is none.
    """
    certain = [number for number, guess in enumerate(detected) if guess.is_certain]

    def nearest(at: int) -> str | None:
        other = min(certain, key=lambda number: _distance(windows[at], windows[number]), default=None)
        return None if other is None else detected[other].language

    return [guess.language if guess.is_certain else nearest(at) for at, guess in enumerate(detected)]


def detect(sound: Waveform, detect_language: Callable[[Waveform], tuple[str, float]]) -> Detected:
    """A language that is not certain has to be that of the slower and of the faster sound as well."""
    language, probability = detect_language(sound)
    if not DETECTED <= probability < CERTAIN:
        return Detected(language, probability >= CERTAIN)
    return Detected(language, all(detect_language(stretched(sound, by))[0] == language for by in LENGTHS))


def _distance(one: SpeechWindow, other: SpeechWindow) -> int:
    return max(other.start - one.end, one.start - other.end, 0)
