"""Where nobody writes answers, the first word of one comes at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.client import Connection, Deployment
from local.stack import RunningStack
from tests.support.stack_with_tour import QUESTION, StackWithTour, add_tour

FIRST_WORD_S_MAX = 0.5
TRIES = 4


@pytest.fixture(scope="module")
def quoting(stack: RunningStack) -> Iterator[StackWithTour]:
    """The shared stack, on which nobody writes answers."""
    with Deployment(Connection(stack.url, stack.api_key or "")) as library:
        video_id = add_tour(library)
        yield StackWithTour(stack, video_id)
        library.delete(video_id)


def test_the_first_word_of_a_quoted_answer_comes_at_once(quoting: StackWithTour) -> None:
    """The best of several tries, since other work shares this machine; measured 0.3 s, and 1.1 s when cold."""
    tries = [quoting.stream(f"{QUESTION} Try {number}.") for number in range(TRIES)]
    assert all(events[-1]["confident"] for _, events in tries)
    assert min(first_s for first_s, _ in tries) < FIRST_WORD_S_MAX, [first_s for first_s, _ in tries]
