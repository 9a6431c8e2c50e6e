"""Record that an API key was used, at most once an hour per key."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cinedex.access.domain.api_keys import Caller
from cinedex.access.ports.key_uses import KeyUses
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields

logger = logging.getLogger(__name__)

TOLERANCE = timedelta(hours=1)
"""The last use of a key is at most this much later than its recorded one."""
KEYS_MAX = 10_000
"""Keys whose recorded use a process remembers."""


@dataclass(frozen=True)
class RecordKeyUse:
    """A request does not fail when its use cannot be recorded."""

    uses: KeyUses
    clock: Clock
    _recorded: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, caller: Caller) -> None:
        now = self.clock.now()
        recorded = self._recorded.get(caller.key_id)
        if recorded is not None and now - recorded < TOLERANCE:
            return
        if len(self._recorded) >= KEYS_MAX:
            self._recorded.clear()
        self._recorded[caller.key_id] = now  # also if the write fails, so that a failing store is not asked each time
        try:
            self.uses.record(caller.key_id, now, now - TOLERANCE)
        except Unavailable as error:
            logger.warning("the use of an API key was not recorded", extra=log_fields(error))
