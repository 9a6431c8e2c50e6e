"""Logs of turns in the one table: a slot is an item, and writing it twice is refused by its key.

| item               | pk              | sk                      | beside                                         |
|--------------------|-----------------|-------------------------|------------------------------------------------|
| turn               | CHAT#{session}  | T#{turn}                | `work`, `since` and a lease until it has ended |
| event              | TURN#{turn}     | E#{sequence}            |                                                |
| step, if it is one | TURN#{turn}     | S#{sequence}            |                                                |
| the rest of either | TURN#{turn}     | P#{sk}#{attempt}#{part} |                                                |

An item holds 400 KB; what is longer goes on in parts, which are there before the item that counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnStep
from cinedex.kernel.retry import CONFLICT

PART_CHARS_MAX = 90_000  # of up to four bytes each
LAST = "999999"
TURN_WORK = "turn"


class DynamoDbTurnLog:
    """`TurnLog`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def append(self, event: StoredEvent, step: TurnStep | None = None, ended: Turn | None = None) -> bool:
        """Tried again while the slot is free: other writes to the turn at the same instant fail it, too."""
        puts = self.appending(event, step) + self._ending(ended)
        for _ in CONFLICT.attempts(self._table.sleep):
            try:
                self._table.write_together(puts)
            except ConditionFailed:
                found = self._table.get(_pk(event.turn_id), _slot("E", event.sequence))
                if found is not None:
                    return self._read(found) == event.model_dump_json()  # our own write, told as failed
            else:
                return True
        return False

    def appending(self, event: StoredEvent, step: TurnStep | None) -> list[dict[str, Any]]:
        """The writes of a slot that must be free; parts are stored at once."""
        told = {_slot("E", event.sequence): event.model_dump_json()}
        if step is not None:
            told[_slot("S", event.sequence)] = step.model_dump_json()
        items = [self._item(event, sk, text) for sk, text in told.items()]
        return [self._table.put_request(item, "attribute_not_exists(pk)") for item in items]

    def events(self, turn_id: str, after: int = 0) -> Sequence[StoredEvent]:
        between = (_slot("E", after + 1), f"E#{LAST}")
        found = self._table.query(_pk(turn_id), between=between, consistent=True)
        return [StoredEvent.model_validate_json(self._read(item)) for item in found if item["doc"]]

    def last_sequence(self, turn_id: str) -> int:
        found = self._table.query(
            _pk(turn_id), begins="E#", newest_first=True, keys_only=True, page_size=1, consistent=True
        )
        last = next(found, None)
        return 0 if last is None else int(str(last["sk"]).removeprefix("E#"))

    def steps(self, turn_id: str) -> Sequence[TurnStep]:
        found = self._table.query(_pk(turn_id), begins="S#", consistent=True)
        return [TurnStep.model_validate_json(self._read(item)) for item in found]

    def erase(self, turn_id: str, until: datetime) -> None:
        """All but the mark of its settlement, which goes by itself, and the last slot, which goes at `until`.

        It stays taken, without content, so that a process that is late cannot write on.
        """
        last = _slot("E", self.last_sequence(turn_id))
        stored = [str(item["sk"]) for item in self._table.query(_pk(turn_id), keys_only=True, consistent=True)]
        self._table.delete_all((_pk(turn_id), sk) for sk in stored if sk not in (last, keys.TURN_METERED.sk))
        tombstone: Item = {"pk": _pk(turn_id), "sk": last, "doc": "", "parts": 0, "expires_at": int(until.timestamp())}
        self._table.put(tombstone)

    def _item(self, event: StoredEvent, sk: str, text: str) -> Item:
        first, *rest = [text[i : i + PART_CHARS_MAX] for i in range(0, len(text), PART_CHARS_MAX)]
        parts = [_part_key(sk, event.attempt, i) for i in range(len(rest))]
        pk = _pk(event.turn_id)
        ttl = _ttl(event.expires_at)
        self._table.put_all({"pk": pk, "sk": key, "doc": doc, **ttl} for key, doc in zip(parts, rest, strict=True))
        return {"pk": pk, "sk": sk, "doc": first, "parts": len(rest), "attempt": event.attempt, **ttl}

    def _read(self, item: Item) -> str:
        count = int(item["parts"])
        if not count:
            return str(item["doc"])
        pk, sk, attempt = str(item["pk"]), str(item["sk"]), int(item["attempt"])
        keys = [(pk, _part_key(sk, attempt, i)) for i in range(count)]
        found = {str(part["sk"]): str(part["doc"]) for part in self._table.get_many(keys)}
        return str(item["doc"]) + "".join(found[key] for _, key in keys)

    def _ending(self, ended: Turn | None) -> list[dict[str, Any]]:
        """A turn that was deleted is not brought back."""
        return [] if ended is None else [self._table.put_request(turn_item(ended), "attribute_exists(pk)")]


def turn_key(turn: Turn) -> tuple[str, str]:
    return f"CHAT#{turn.session_id}", f"T#{turn.turn_id}"


def turn_item(turn: Turn) -> Item:
    pk, sk = turn_key(turn)
    body = turn.model_dump_json(exclude={"attempt", "leased_until"})
    item: Item = {"pk": pk, "sk": sk, "body": body, "attempt": turn.attempt, **_ttl(turn.expires_at)}
    if turn.leased_until is not None:
        item |= {"leased_until": stamp_of(turn.leased_until), "work": TURN_WORK, "since": turn.created_at.isoformat()}
    return item


def _ttl(expires_at: datetime | None) -> Item:
    return {} if expires_at is None else {"expires_at": int(expires_at.timestamp())}


def turn_of(item: Item) -> Turn:
    leased_until = item.get("leased_until")
    until = None if leased_until is None else datetime.fromtimestamp(int(leased_until) / 1000, UTC)
    told = {"attempt": int(item["attempt"]), "leased_until": until}
    return Turn.model_validate_json(str(item["body"])).model_copy(update=told)


def stamp_of(moment: datetime | None) -> int:
    """Milliseconds; nothing at all is long past."""
    return 0 if moment is None else int(moment.timestamp() * 1000)


def _pk(turn_id: str) -> str:
    return f"TURN#{turn_id}"


def _slot(kind: str, sequence: int) -> str:
    return f"{kind}#{sequence:06d}"


def _part_key(sk: str, attempt: int, part: int) -> str:
    return f"P#{sk}#{attempt:04d}#{part:04d}"
