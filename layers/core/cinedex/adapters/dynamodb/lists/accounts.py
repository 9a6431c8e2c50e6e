"""The accounts that have a library, so that all videos can be read without a scan of the table."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.lists import list_keys
from cinedex.adapters.dynamodb.repository import Entity, Repository

KNOWN_MAX = 10_000


class LibraryAccount(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str


ACCOUNT = Entity(LibraryAccount, keys.ACCOUNT)


class StoredAccounts:
    """A process writes an account once and then remembers it."""

    def __init__(self, accounts: Repository[LibraryAccount]) -> None:
        self._accounts = accounts
        self._known: set[str] = set()

    def register(self, account_id: str) -> None:
        if account_id in self._known:
            return
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._accounts.write_together(self._accounts.overwrite(LibraryAccount(account_id=account_id)))
        self._known.add(account_id)

    def after(self, account_id: str | None) -> Iterator[str]:
        """The accounts that sort after this one, in order."""
        cursor = account_id
        while True:
            page = self._accounts.page(
                list_keys.accounts(), 100, cursor, newest_first=False, between=("", list_keys.LAST_NAME)
            )
            yield from (account.account_id for account in page.items)
            if page.next_cursor is None:
                return
            cursor = page.next_cursor
