"""Whether decoded words were spoken: repetition, likelihood, and the agreement of several decodings.

A model of one language decodes speech of any language as words of its own. The limits of the compression ratio and of
the log probability are those of Whisper's authors. They do not notice fluent inventions, so doubtful words are compared
with those of the same sound, played slower and faster: what was spoken stays, and what was invented changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Protocol

import numpy as np

from gpu_tasks.engines.roles import Waveform

COMPRESSION_RATIO_MAX = 2.4
"""Above it, a text repeats itself: as a speaker may, or a decoder that no longer follows the sound."""
AVERAGE_LOG_PROBABILITY_MIN = -1.0
AVERAGE_LOG_PROBABILITY_SURE = -0.6
"""Above it, words that were decoded at temperature 0 are not doubtful."""
AGREEMENT_MIN = 0.6
LENGTHS = (1.06, 0.92)
"""Of the sound in later decodings, as shares of its own length."""
WORDS_PER_SECOND_MAX = 8.0
"""No speaker is faster, but a decoder that repeats itself writes 20 words per second."""
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class DecodedSegment(Protocol):
    """The fields of a segment of faster-whisper that are evidence; those of one decoding window share them."""

    start: float
    end: float
    text: str
    avg_logprob: float
    compression_ratio: float
    temperature: float | None


def were_spoken(segments: Sequence[DecodedSegment], decode_again: Callable[[float], str]) -> bool:
    """Whether the words of one decoding window can be believed; `decode_again` is called in doubt only."""
    likelihood = min(segment.avg_logprob for segment in segments)
    text = " ".join(segment.text for segment in segments)
    length_s = sum(segment.end - segment.start for segment in segments)
    if likelihood < AVERAGE_LOG_PROBABILITY_MIN or len(_words(text)) > WORDS_PER_SECOND_MAX * length_s:
        return False
    if likelihood >= AVERAGE_LOG_PROBABILITY_SURE and not any(map(_is_doubtful, segments)):
        return True
    return all(agreement(text, decode_again(length)) >= AGREEMENT_MIN for length in LENGTHS)


def follow_the_sound(segments: Sequence[DecodedSegment]) -> bool:
    """Whether words in a language that the model knows pass the limits of Whisper's authors, after the fallback."""
    text = " ".join(segment.text for segment in segments)
    length_s = sum(segment.end - segment.start for segment in segments)
    return (
        bool(segments)
        and min(segment.avg_logprob for segment in segments) >= AVERAGE_LOG_PROBABILITY_MIN
        and max(segment.compression_ratio for segment in segments) <= COMPRESSION_RATIO_MAX
        and len(_words(text)) <= WORDS_PER_SECOND_MAX * length_s
    )


def _is_doubtful(segment: DecodedSegment) -> bool:
    """The first decoding was not good enough for Whisper's own limits, or repeats itself."""
    return bool(segment.temperature) or segment.compression_ratio > COMPRESSION_RATIO_MAX


def agreement(first: str, second: str) -> float:
    """The share of words that two texts have in common, in the same order: 1 for equal texts, 0 without one."""
    one, other = _words(first), _words(second)
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def stretched(waveform: Waveform, by: float) -> Waveform:
    """The same sound, played slower and so a little lower, or faster and higher."""
    length = round(len(waveform) * by)
    positions = np.linspace(0, len(waveform) - 1, length)
    return np.interp(positions, np.arange(len(waveform)), waveform).astype(np.float32)
