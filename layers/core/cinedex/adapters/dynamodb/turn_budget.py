"""Turns and tokens of an account in a day, in the item of its usage.

| item              | pk              | sk       |
|-------------------|-----------------|----------|
| usage of a day    | A#{account}     | U#{date} |
| a turn is settled | TURN#{turn_id}  | METERED  |

`chat_tokens` holds what was used and what is set aside, for a condition can compare but not add.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from datetime import date, timedelta

from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.chat.domain.session import Turn
from cinedex.kernel.errors import Unavailable
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed, end_of

TRIES_MAX = 12
MARKED_FOR = timedelta(days=2)
"""Longer than a turn can take; the mark outlives its session, so that nothing is settled twice."""
ROOM = (
    "(attribute_not_exists(chat_turns) OR chat_turns < :turns) "
    "AND (attribute_not_exists(chat_tokens) OR chat_tokens <= :tokens)"
)


class DynamoDbTurnBudget:
    """`TurnBudget`, and `TokenBudget` in the same counters."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def take(self, account_id: str, day: date, limits: BudgetLimits) -> SpentBudget | None:
        spent = _impossible(limits)
        if spent is not None:
            return spent
        values: dict[str, str | int] = {
            ":one": 1,
            ":reserved": limits.tokens_reserved,
            ":turns": limits.turns_max,
            ":tokens": limits.tokens_max - limits.tokens_reserved,
        }
        for tried in range(TRIES_MAX):
            try:
                self._table.change(*_key(account_id, day), "ADD chat_turns :one, chat_tokens :reserved", ROOM, values)
            except ConditionFailed:
                found = self._spent(account_id, day, limits)
                if found is not None:
                    return found
                time.sleep(random.uniform(0, 0.005 * 2**tried))
            else:
                return None
        raise Unavailable("The budget of this account is asked too often at the same instant.")

    def give_back(self, account_id: str, day: date, limits: BudgetLimits) -> None:
        back = {":one": -1, ":reserved": -limits.tokens_reserved}
        self._table.update(
            *_key(account_id, day), "ADD #turns :one, chat_tokens :reserved", {"#turns": "chat_turns"}, back
        )

    def set_aside(self, account_id: str, day: date, tokens: int, tokens_max: int) -> bool:
        if tokens > tokens_max:
            return False
        room = "attribute_not_exists(chat_tokens) OR chat_tokens <= :room"
        values: dict[str, str | int] = {":tokens": tokens, ":room": tokens_max - tokens}
        with suppress(ConditionFailed):
            self._table.change(*_key(account_id, day), "ADD chat_tokens :tokens", room, values)
            return True
        return False

    def spend(self, account_id: str, day: date, set_aside: int, used: TokensUsed) -> None:
        values: dict[str, str | int] = {
            ":difference": used.total - set_aside,
            ":read": used.input_tokens,
            ":written": used.output_tokens,
        }
        adding = "ADD #tokens :difference, input_tokens :read, output_tokens :written"
        self._table.update(*_key(account_id, day), adding, {"#tokens": "chat_tokens"}, values)

    def settle(self, turn: Turn, day: date, used: TokensUsed) -> None:
        pk, sk = f"TURN#{turn.turn_id}", "METERED"
        until = int((end_of(day) + MARKED_FOR).timestamp())
        mark = self._table.put_request({"pk": pk, "sk": sk, "expires_at": until}, "attribute_not_exists(pk)")
        values: dict[str, str | int] = {
            ":difference": used.total - turn.tokens_reserved,
            ":read": used.input_tokens,
            ":written": used.output_tokens,
        }
        added = self._table.update_request(
            *_key(turn.account_id, day),
            "ADD chat_tokens :difference, input_tokens :read, output_tokens :written",
            values,
        )
        while self._table.get(pk, sk) is None:
            # Another turn of the account that ends at the same instant makes the transaction fail, too.
            with suppress(ConditionFailed):
                self._table.put_and_update(mark, added)
                return
            time.sleep(random.uniform(0, 0.02))

    def _spent(self, account_id: str, day: date, limits: BudgetLimits) -> SpentBudget | None:
        """None when there is room after all: the write met another one."""
        item = self._table.get(*_key(account_id, day)) or {}
        if int(item.get("chat_turns", 0)) >= limits.turns_max:
            return SpentBudget.TURNS
        if int(item.get("chat_tokens", 0)) + limits.tokens_reserved > limits.tokens_max:
            return SpentBudget.TOKENS
        return None


def _impossible(limits: BudgetLimits) -> SpentBudget | None:
    """The first turn of a day has no counters to be compared with."""
    if limits.turns_max < 1:
        return SpentBudget.TURNS
    return SpentBudget.TOKENS if limits.tokens_reserved > limits.tokens_max else None


def _key(account_id: str, day: date) -> tuple[str, str]:
    return f"A#{account_id}", f"U#{day.isoformat()}"
