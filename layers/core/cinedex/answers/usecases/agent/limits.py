"""How much one turn may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AgentBounds:
    """`steps_max` counts rounds of tool calls. After the last one, and when tokens or time run short, the model
    must answer with what it has. `tokens_max` is of input and output together, over the whole turn; the call that
    answers is always made. At `seconds_max` nothing more is waited for.
    """

    steps_max: int = 6
    tokens_max: int = 60_000
    seconds_max: float = 60.0
    answer_tokens_max: int = 1_500

    @property
    def answering_s(self) -> float:
        """Kept for the answer: tools are not called later than this before the end."""
        return self.seconds_max / 3
