"""Two accounts with the same keys and days: what one has is neither read nor counted for the other."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.feature import Feature
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed
from cinedex.usage.ledger_entry import LedgerEntry, OnceKey
from cinedex.usage.operations import Operation, total
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.chat.conftest import Chats
from tests.support.memory.scenario import NOON
from tests.support.turns import session

DAY = NOON.date()
LATER = NOON + timedelta(hours=1)
IDS = ("s1", "s2", "s3")
_numbers = count(1)

subsets = st.sets(st.sampled_from(IDS))
shared = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def two_accounts() -> tuple[str, str]:
    """New ones for each example; the id of one begins with that of the other."""
    number = next(_numbers)
    return f"a{number}.", f"a{number}.0"


@shared
@given(mine=subsets, theirs=subsets)
def test_an_account_reads_its_own_sessions_only(chats: Chats, mine: set[str], theirs: set[str]) -> None:
    first, second = two_accounts()
    own = {first: {f"{first}{i}" for i in mine}, second: {f"{second}{i}" for i in theirs}}
    for account_id, ids in own.items():
        for session_id in ids:
            chats.sessions.add_session(session(account_id).model_copy(update={"session_id": session_id}), None, NOON)
    for account_id, ids in own.items():
        assert {s.session_id for s in chats.sessions.list_sessions(account_id, 50)} == ids
        for unknown in (own[first] | own[second]) - ids:
            with pytest.raises(NotFound):
                chats.sessions.get_session(account_id, unknown)


@shared
@given(counts=st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_usage_and_budgets_are_counted_for_their_account_only(chats: Chats, counts: tuple[int, int]) -> None:
    limits = BudgetLimits(turns_max=3, tokens_max=1000, tokens_reserved=10)
    accounts = two_accounts()
    for account_id, calls in zip(accounts, counts, strict=True):
        for number in range(calls):
            chats.usage.count(account_id, DAY, Operation.SEARCH)
            once = OnceKey(f"{account_id}v", f"run{number}")
            chats.usage.add(LedgerEntry(account_id=account_id, once_key=once, amounts={Feature.CAPTIONS: 7}), DAY)
            assert chats.budget.reserve(account_id, DAY, limits) is None
            chats.tokens.settle(account_id, DAY, 0, TokensUsed(input_tokens=5, output_tokens=1))
    for account_id, calls in zip(accounts, counts, strict=True):
        used = total(chats.usage.read(account_id, DAY, DAY))
        assert used.operations[Operation.SEARCH] == used.turns == calls
        assert used.analysed_ms[Feature.CAPTIONS] == 7 * calls
        assert (used.input_tokens, used.output_tokens) == (5 * calls, calls)
        spent = chats.budget.reserve(account_id, DAY, limits)
        assert spent == (SpentBudget.TURNS if calls == limits.turns_max else None)


@shared
@given(
    operation=st.sampled_from(list(IdempotentOperation)),
    context=st.sampled_from(["", "POST /v2/videos", "s1"]),
    value=st.sampled_from(["k", "k2"]),
)
def test_an_idempotency_key_belongs_to_its_account(
    chats: Chats, operation: IdempotentOperation, context: str, value: str
) -> None:
    first, second = (
        IdempotencyKey(operation=operation, account_id=a, context=context, value=value) for a in two_accounts()
    )
    records = [
        IdempotencyRecord(key=k, owner_id=k.account_id, fingerprint="f", expires_at=LATER) for k in (first, second)
    ]
    assert chats.idempotency.reserve(records[0], NOON) is None
    assert chats.idempotency.find(second, NOON) is None
    assert chats.idempotency.reserve(records[1], NOON) is None
    found = chats.idempotency.find(first, NOON)
    assert found is not None
    assert found.owner_id == first.account_id
