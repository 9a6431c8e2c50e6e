"""The message to a language model about a sentence that its citations do not bear out."""

from __future__ import annotations

import pytest
from cinedex.answers.domain.claim_check import Unsupported
from cinedex.answers.usecases.agent.prompt import repair_messages
from cinedex.language_models.language_model import ModelReply


@pytest.mark.parametrize("reason", Unsupported)
def test_every_reason_has_words(reason: Unsupported) -> None:
    messages = repair_messages(ModelReply(text="No."), [], {"It was destroyed.": reason}, [], has_searched=True)
    assert "This says more than its citations (" in messages[1].text
    assert "It was destroyed." in messages[1].text
