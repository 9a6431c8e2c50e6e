"""Without a language model, the first word of an answer arrives at once."""

from __future__ import annotations

import time

import pytest

from tests.support.known_videos import KnownVideos
from tests.support.stack_with_demo_clip import QUESTION, StackWithDemoClip

FIRST_WORD_S_MAX = 0.5
TRIED_FOR_S = 60


@pytest.fixture
def extractive_stack(known: KnownVideos) -> StackWithDemoClip:
    """The shared stack, which has no language model."""
    return StackWithDemoClip(known.stack, known.video("demo.mp4").video_id, known.key)


def test_the_first_word_of_a_quoted_answer_comes_at_once(extractive_stack: StackWithDemoClip) -> None:
    """The best of several tries, since other work shares this machine; measured 0.3 s, and 1.1 s when cold."""
    firsts_s: list[float] = []
    until = time.monotonic() + TRIED_FOR_S
    while time.monotonic() < until and min(firsts_s, default=FIRST_WORD_S_MAX) >= FIRST_WORD_S_MAX:
        first_s, events = extractive_stack.stream(f"{QUESTION} Try {len(firsts_s)}.")
        assert events[-1]["confident"]
        firsts_s.append(first_s)
    assert min(firsts_s) < FIRST_WORD_S_MAX, firsts_s
