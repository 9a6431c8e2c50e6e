"""Daily budgets of an account, counted in the item of its usage.

`chat_tokens` is the sum of used and reserved tokens, because a condition can compare an attribute but not add two.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item, Key
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.chat.domain.session import Turn
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import CONFLICT, LastError
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed, end_of
from cinedex.usage.video_budget import VideoCharge

MARK_STORED_FOR = timedelta(days=2)
"""Longer than a turn takes. The mark outlives its session, so that a turn is settled once."""
WITHIN_LIMITS = (
    "(attribute_not_exists(chat_turns) OR chat_turns < :turns) "
    "AND (attribute_not_exists(chat_tokens) OR chat_tokens <= :tokens)"
)


class DynamoDbTokenBudget:
    """`TokenBudget`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def reserve(self, account_id: str, day: date, tokens: int, tokens_max: int) -> bool:
        if tokens > tokens_max:
            return False
        key, last = keys.day_usage(account_id, day), LastError()
        condition = "attribute_not_exists(chat_tokens) OR chat_tokens <= :most"
        values: dict[str, str | int] = {":tokens": tokens, ":most": tokens_max - tokens}
        for _ in CONFLICT.attempts(f"reserve tokens of the budget of {account_id}", self._table.sleep, last):
            try:
                self._table.change(*key, "ADD chat_tokens :tokens", condition, values)
            except ConditionFailed as error:
                last.error = error
                if int((self._table.get(*key) or {}).get("chat_tokens", 0)) + tokens > tokens_max:
                    return False
            else:
                return True
        raise _conflict()

    def settle(self, account_id: str, day: date, reserved: int, used: TokensUsed) -> None:
        self._table.add(_settlement(self._table, account_id, day, reserved, used))


class DynamoDbTurnBudget:
    """`TurnBudget`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def reserve(self, account_id: str, day: date, limits: BudgetLimits) -> SpentBudget | None:
        spent = _never_enough(limits)
        if spent is not None:
            return spent
        key = keys.day_usage(account_id, day)
        values: dict[str, str | int] = {
            ":one": 1,
            ":reserved": limits.tokens_reserved,
            ":turns": limits.turns_max,
            ":tokens": limits.tokens_max - limits.tokens_reserved,
        }
        last = LastError()
        for _ in CONFLICT.attempts(f"reserve a turn of the budget of {account_id}", self._table.sleep, last):
            try:
                self._table.change(*key, "ADD chat_turns :one, chat_tokens :reserved", WITHIN_LIMITS, values)
            except ConditionFailed as error:
                last.error = error
                spent = self._spent(key, limits)
                if spent is not None:
                    return spent
            else:
                return None
        raise _conflict()

    def release(self, account_id: str, day: date, limits: BudgetLimits) -> None:
        values: dict[str, str | int] = {":one": -1, ":reserved": -limits.tokens_reserved}
        expression = "ADD chat_turns :one, chat_tokens :reserved"
        self._table.add(self._table.update_request(*keys.day_usage(account_id, day), expression, values))

    def settle(self, turn: Turn, day: date, used: TokensUsed) -> None:
        expires_at = int((end_of(day) + MARK_STORED_FOR).timestamp())
        addition = _settlement(self._table, turn.account_id, day, turn.tokens_reserved, used)
        self._table.add_once(keys.turn_metered(turn.turn_id), {"expires_at": expires_at}, addition)

    def _spent(self, key: Key, limits: BudgetLimits) -> SpentBudget | None:
        """None if the limits are not reached: then the write failed because of a concurrent one."""
        item = self._table.get(*key) or {}
        if int(item.get("chat_turns", 0)) >= limits.turns_max:
            return SpentBudget.TURNS
        if int(item.get("chat_tokens", 0)) + limits.tokens_reserved > limits.tokens_max:
            return SpentBudget.TOKENS
        return None


class DynamoDbVideoBudget:
    """`VideoBudget`: one transaction adds to the counter of the day and stores the marks."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def charge(self, charge: VideoCharge, day: date, ms_max: int | None) -> bool:
        puts, addition, last = self._marks(charge, day), self._addition(charge, day, ms_max), LastError()
        first = keys.ledger_mark(*charge.marks(day)[0])
        for _ in CONFLICT.attempts(f"charge the budget of {charge.account_id}", self._table.sleep, last):
            if self._table.get(*first) is not None:
                return True
            if ms_max is not None and self.used_ms(charge.account_id, day) >= ms_max:
                return False
            try:
                self._table.write_together([*puts, {"Update": addition}])
            except ConditionFailed as error:
                last.error = error
            else:
                return True
        raise _conflict()

    def used_ms(self, account_id: str, day: date) -> int:
        return int((self._table.get(*keys.day_usage(account_id, day)) or {}).get("video_ms", 0))

    def _marks(self, charge: VideoCharge, day: date) -> list[dict[str, Any]]:
        expires_at = int((end_of(day) + MARK_STORED_FOR).timestamp())
        marks = [keys.ledger_mark(*once_key) for once_key in charge.marks(day)]
        items: list[Item] = [{"pk": mark.pk, "sk": mark.sk, "expires_at": expires_at} for mark in marks]
        first, *others = items
        return [self._table.put_request(first, "attribute_not_exists(pk)"), *map(self._table.put_request, others)]

    def _addition(self, charge: VideoCharge, day: date, ms_max: int | None) -> dict[str, Any]:
        key, values = keys.day_usage(charge.account_id, day), {":ms": charge.ms}
        if ms_max is None:
            return self._table.update_request(*key, "ADD video_ms :ms", values)
        request = self._table.update_request(*key, "ADD video_ms :ms", values | {":max": ms_max})
        return request | {"ConditionExpression": "attribute_not_exists(video_ms) OR video_ms < :max"}


def _conflict() -> Unavailable:
    return Unavailable(f"The budget was changed by other requests in {CONFLICT.attempts_max} attempts. Try again.")


def _never_enough(limits: BudgetLimits) -> SpentBudget | None:
    """The condition cannot check these limits before the first turn of a day, because there are no counters yet."""
    if limits.turns_max < 1:
        return SpentBudget.TURNS
    return SpentBudget.TOKENS if limits.tokens_reserved > limits.tokens_max else None


def _settlement(table: DynamoDbTable, account_id: str, day: date, reserved: int, used: TokensUsed) -> dict[str, Any]:
    """The update that replaces reserved tokens by used ones."""
    return table.update_request(
        *keys.day_usage(account_id, day),
        "ADD chat_tokens :difference, input_tokens :read, output_tokens :written",
        {":difference": used.total - reserved, ":read": used.input_tokens, ":written": used.output_tokens},
    )
