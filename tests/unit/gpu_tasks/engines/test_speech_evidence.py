"""Recorded evidence of Whisper tiny.en: what was spoken in English is kept, what was invented is not."""

from dataclasses import dataclass

import numpy as np
import pytest

from gpu_tasks.engines.speech_evidence import agreement, stretched, were_spoken


@dataclass(frozen=True)
class Decoded:
    """One decoding window, and the text of its decoding from slower sound."""

    text: str
    avg_logprob: float
    again: str = ""
    compression_ratio: float = 1.2
    temperature: float | None = 0.0
    start: float = 0.0
    end: float = 10.0


BEST_OF_TIMES = (
    "It was the best of times. It was the worst of times. It was the age of wisdom. It was the age of folly. "
)
GARDEN = "be in the street and in the street and in the street and in the street and in the street"
SPOKEN = {
    "read prose that repeats itself": Decoded(BEST_OF_TIMES, -0.23, BEST_OF_TIMES, compression_ratio=2.45),
    "a narration": Decoded("This is the optical segment of the Webb Space Telescope", -0.23),
    "a chorus": Decoded("We will stop. " * 5, -0.2, "we will stop " * 5, compression_ratio=3.1),
    "a fallback to a higher temperature": Decoded(
        "Please do not forget your luggage.", -0.49, "please do not forget your luggage", temperature=0.4
    ),
    "a synthetic voice": Decoded("One, two, three.", -0.55, "One, two, three."),
}
INVENTED = {
    "Spanish": Decoded("He is a great person. " * 3, -1.11, "He's in France at Dream", 1.97, 0.4),
    "Spanish, repeated": Decoded("I'm not going to do anything, but " * 25, -0.32, "When I was there", 16.88, 0.4),
    "German": Decoded("Let's look at the clean air to know and do.", -0.85, "The train is still done, said Bill."),
    "German, repeated": Decoded(GARDEN, -0.3, "The kind of stability in the garden", 5.19, 0.4),
    "Hindi, repeated": Decoded("We are going to be going to be " * 30, -0.37, "We are going to be " * 30, 27.0, 0.4),
    "no word": Decoded("...", -0.7, "..."),
}


@pytest.mark.parametrize("case", SPOKEN)
def test_spoken_words_are_kept(case: str) -> None:
    assert were_spoken([SPOKEN[case]], lambda _: SPOKEN[case].again)


@pytest.mark.parametrize("case", INVENTED)
def test_invented_words_are_dropped(case: str) -> None:
    assert not were_spoken([INVENTED[case]], lambda length: INVENTED[case].again if length > 1 else INVENTED[case].text)


def test_sure_words_are_not_decoded_again() -> None:
    def fail(_: float) -> str:
        raise AssertionError

    assert were_spoken([Decoded("Good morning.", -0.3)], fail)


def test_agreement_ignores_case_and_punctuation_and_counts_words_in_order() -> None:
    assert agreement("Stop, don't go!", "stop don't GO") == 1.0
    assert agreement("one two three four", "four one two five") == 0.5
    assert agreement("one", "") == agreement("", "") == 0.0


def test_a_slower_sound_is_longer_and_keeps_its_ends() -> None:
    slower = stretched(np.linspace(0, 1, 1000, dtype=np.float32), 1.06)
    assert (len(slower), slower.dtype, slower[0], slower[-1]) == (1060, np.float32, 0.0, 1.0)
