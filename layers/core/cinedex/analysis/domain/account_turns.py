"""Accounts take turns, so that thousands of entries of one account do not delay those of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, zip_longest
from typing import TypeVar

T = TypeVar("T")


def in_turns(entries: Iterable[T], account_of: Callable[[T], str]) -> Iterator[T]:
    """One entry of each account, then the next one of each; those of one account stay in their order."""
    queues: dict[str, list[T]] = {}
    for entry in entries:
        queues.setdefault(account_of(entry), []).append(entry)
    missing = object()
    rounds = zip_longest(*queues.values(), fillvalue=missing)
    return (entry for entry in chain.from_iterable(rounds) if entry is not missing)  # type: ignore[misc]
