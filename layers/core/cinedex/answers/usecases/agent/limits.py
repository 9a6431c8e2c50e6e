"""Limits of one turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AgentLimits:
    """`steps_max` counts rounds of tool calls. After the last round, and when tokens or time run out, the model must
    answer from the results so far. `tokens_max` counts input and output of the whole turn; the final call is always
    made. The turn ends at `seconds_max`.
    """

    steps_max: int = 6
    tokens_max: int = 60_000
    seconds_max: float = 60.0
    answer_tokens_max: int = 1_500

    @property
    def answering_s(self) -> float:
        """Reserved for the answer: tools stop this many seconds before the end."""
        return self.seconds_max / 3
