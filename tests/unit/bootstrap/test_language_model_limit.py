"""The language model of a deployment is silent for no longer than a turn lasts."""

from __future__ import annotations

import pytest
from cinedex.bootstrap import language_models, providers


@pytest.mark.parametrize(("model_s", "turn_s", "limit_s"), [("30", "24", 24.0), ("30", "60", 30.0)])
def test_a_model_is_waited_for_no_longer_than_a_turn_lasts(
    monkeypatch: pytest.MonkeyPatch, model_s: str, turn_s: str, limit_s: float
) -> None:
    asked: list[float] = []
    monkeypatch.setenv("LANGUAGE_MODEL_TIMEOUT_S", model_s)
    monkeypatch.setenv("AGENT_SECONDS_MAX", turn_s)
    monkeypatch.setattr(language_models, "language_model", lambda _, timeout_s: asked.append(timeout_s))
    providers.language_model.cache_clear()
    providers.language_model()
    providers.language_model.cache_clear()
    assert asked == [limit_s]
