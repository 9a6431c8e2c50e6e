"""What has arrived in the drop folder of an account, and what was rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.imports.domain.drop_entry import DropCounts, DropEntry, DropList
from cinedex.imports.ports.drop_store import DropStore
from cinedex.kernel.clock import Clock
from cinedex.kernel.pagination import ListPage, cursor_of, token_of

RECENT_MAX = 20
LIST = "drop-rejected"


@dataclass(frozen=True)
class ReadDrop:
    store: DropStore
    clock: Clock

    def counts(self, account_id: str) -> DropCounts:
        return self.store.counts(account_id)

    def recent(self, account_id: str) -> Sequence[DropEntry]:
        """The table deletes expired entries up to two days late."""
        entries, now = self.store.page(account_id, DropList.RECENT, RECENT_MAX).items, self.clock.now()
        return [one for one in entries if one.expires_at is None or one.expires_at > now]

    def rejected(self, account_id: str, limit: int, token: str | None = None) -> ListPage[DropEntry]:
        """Newest first."""
        page = self.store.page(account_id, DropList.REJECTED, limit, cursor_of(token, LIST))
        total = self.store.counts(account_id).rejected
        return ListPage(page.items, token_of(page.next_cursor, LIST), total)
