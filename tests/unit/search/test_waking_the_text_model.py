"""The text model is loaded before anybody waits for it, and one that is down breaks nothing."""

from __future__ import annotations

from cinedex.usecases.wake_text_model import WakeTextModel

from tests.support.ready_videos import WordVectors


def test_a_model_that_answers_is_awake_and_one_that_is_down_is_left_alone() -> None:
    vectors = WordVectors()
    assert WakeTextModel(vectors)() is True
    vectors.down = True
    assert WakeTextModel(vectors)() is False
