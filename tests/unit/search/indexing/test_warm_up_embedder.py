"""The text model is loaded before the first request, and one that is down causes no error."""

from __future__ import annotations

from cinedex.search.usecases.indexing.warm_up_embedder import WarmUpEmbedder

from tests.support.ready_videos import WordVectors


def test_a_model_that_answers_is_awake_and_one_that_is_down_is_left_alone() -> None:
    vectors = WordVectors()
    assert WarmUpEmbedder(vectors)() is True
    vectors.down = True
    assert WarmUpEmbedder(vectors)() is False
