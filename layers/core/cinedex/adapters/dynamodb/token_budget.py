"""Tokens of an account in a day, counted in the item of its usage.

`chat_tokens` is the sum of used and reserved tokens, because a condition can compare an attribute but not add two.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.usage.budget import TokensUsed


class DynamoDbTokenBudget:
    """`TokenBudget`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def reserve(self, account_id: str, day: date, tokens: int, tokens_max: int) -> bool:
        if tokens > tokens_max:
            return False
        condition = "attribute_not_exists(chat_tokens) OR chat_tokens <= :most"
        values: dict[str, str | int] = {":tokens": tokens, ":most": tokens_max - tokens}
        try:
            self._table.change(*keys.day_usage(account_id, day), "ADD chat_tokens :tokens", condition, values)
        except ConditionFailed:
            return False
        return True

    def settle(self, account_id: str, day: date, reserved: int, used: TokensUsed) -> None:
        self._table.add(settlement(self._table, account_id, day, reserved, used))


def settlement(table: DynamoDbTable, account_id: str, day: date, reserved: int, used: TokensUsed) -> dict[str, Any]:
    """The update that replaces reserved tokens by used ones."""
    return table.update_request(
        *keys.day_usage(account_id, day),
        "ADD chat_tokens :difference, input_tokens :read, output_tokens :written",
        {":difference": used.total - reserved, ":read": used.input_tokens, ":written": used.output_tokens},
    )
