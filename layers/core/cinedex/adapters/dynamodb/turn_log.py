"""Logs of turns: a slot of a log is one item, which is written once because its key must be free.

An item holds at most 400 KB. A longer event or step continues in parts, which are stored before the item that
states their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item, Key
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnStep
from cinedex.kernel.retry import CONFLICT, LastError

PART_CHARS_MAX = 90_000  # of up to four bytes each
SEQUENCE_MAX = 999_999


class DynamoDbTurnLog:
    """`TurnLog`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def append(self, event: StoredEvent, step: TurnStep | None = None, ended: Turn | None = None) -> bool:
        """Tries again while the slot is free, because other writes to the turn make a transaction fail, too."""
        requests = self.append_requests(event, step) + self._end_request(ended)
        last = LastError()
        for _ in CONFLICT.attempts(f"append to the log of turn {event.turn_id}", self._table.sleep, last):
            try:
                self._table.write_together(requests)
            except ConditionFailed as error:
                last.error = error
                stored = self._table.get(*keys.turn_event(event.turn_id, event.sequence))
                if stored is not None:
                    # Equal if this write has succeeded and only its response was lost.
                    return self._read(stored) == event.model_dump_json()
            else:
                return True
        return False

    def append_requests(self, event: StoredEvent, step: TurnStep | None) -> list[dict[str, Any]]:
        """The writes of a slot, which must be free. Parts are stored at once."""
        items = [self._item(event, keys.turn_event(event.turn_id, event.sequence), event.model_dump_json())]
        if step is not None:
            items.append(self._item(event, keys.turn_step(event.turn_id, event.sequence), step.model_dump_json()))
        return [self._table.put_request(item, "attribute_not_exists(pk)") for item in items]

    def events(self, turn_id: str, after: int = 0) -> Sequence[StoredEvent]:
        first, last = keys.turn_event(turn_id, after + 1), keys.turn_event(turn_id, SEQUENCE_MAX)
        items = self._table.query(first.pk, between=(first.sk, last.sk), consistent=True)
        return [StoredEvent.model_validate_json(self._read(item)) for item in items if item["doc"]]

    def last_sequence(self, turn_id: str) -> int:
        prefix = keys.TURN_EVENT.sort_prefix
        items = self._table.query(
            keys.log_of(turn_id), begins=prefix, newest_first=True, keys_only=True, page_size=1, consistent=True
        )
        last = next(items, None)
        return 0 if last is None else int(str(last["sk"]).removeprefix(prefix))

    def steps(self, turn_id: str) -> Sequence[TurnStep]:
        items = self._table.query(keys.log_of(turn_id), begins=keys.TURN_STEP.sort_prefix, consistent=True)
        return [TurnStep.model_validate_json(self._read(item)) for item in items]

    def erase(self, turn_id: str, until: datetime) -> None:
        """Deletes the log except the mark of its settlement, which expires by itself.

        The last slot stays taken, without content, until `until`, so that a late process cannot append to the log.
        """
        last = keys.turn_event(turn_id, self.last_sequence(turn_id))
        stored = [str(item["sk"]) for item in self._table.query(last.pk, keys_only=True, consistent=True)]
        staying = (last.sk, keys.turn_metered(turn_id).sk)
        self._table.delete_all((last.pk, sk) for sk in stored if sk not in staying)
        expires_at = int(until.timestamp())
        self._table.put({"pk": last.pk, "sk": last.sk, "doc": "", "parts": 0, "expires_at": expires_at})

    def _item(self, event: StoredEvent, key: Key, text: str) -> Item:
        first, *rest = [text[i : i + PART_CHARS_MAX] for i in range(0, len(text), PART_CHARS_MAX)]
        parts = _part_keys(event.turn_id, key.sk, event.attempt, len(rest))
        ttl = _ttl(event.expires_at)
        self._table.put_all({"pk": k.pk, "sk": k.sk, "doc": doc, **ttl} for k, doc in zip(parts, rest, strict=True))
        return {"pk": key.pk, "sk": key.sk, "doc": first, "parts": len(rest), "attempt": event.attempt, **ttl}

    def _read(self, item: Item) -> str:
        count = int(item["parts"])
        if not count:
            return str(item["doc"])
        turn_id = str(item["pk"]).removeprefix(keys.TURN_EVENT.partition_prefix)
        parts = _part_keys(turn_id, str(item["sk"]), int(item["attempt"]), count)
        stored = {str(part["sk"]): str(part["doc"]) for part in self._table.get_many(parts)}
        return str(item["doc"]) + "".join(stored[part.sk] for part in parts)

    def _end_request(self, ended: Turn | None) -> list[dict[str, Any]]:
        """Does not create a turn again that was deleted."""
        return [] if ended is None else [self._table.put_request(turn_item(ended), "attribute_exists(pk)")]


def turn_item(turn: Turn) -> Item:
    pk, sk = keys.turn(turn.session_id, turn.turn_id)
    body = turn.model_dump_json(exclude={"attempt", "leased_until"})
    item: Item = {"pk": pk, "sk": sk, "body": body, "attempt": turn.attempt, **_ttl(turn.expires_at)}
    if turn.leased_until is not None:
        item |= {"work": keys.TURN_WORK, "since": turn.created_at.isoformat()}
        item["leased_until"] = milliseconds(turn.leased_until)
    return item


def _ttl(expires_at: datetime | None) -> Item:
    return {} if expires_at is None else {"expires_at": int(expires_at.timestamp())}


def turn_from(item: Item) -> Turn:
    leased_until = item.get("leased_until")
    until = None if leased_until is None else datetime.fromtimestamp(int(leased_until) / 1000, UTC)
    attributes = {"attempt": int(item["attempt"]), "leased_until": until}
    return Turn.model_validate_json(str(item["body"])).model_copy(update=attributes)


def milliseconds(time: datetime | None) -> int:
    """Since 1970; 0 for None."""
    return 0 if time is None else int(time.timestamp() * 1000)


def _part_keys(turn_id: str, slot: str, attempt: int, count: int) -> list[Key]:
    return [keys.turn_part(turn_id, slot, attempt, part) for part in range(count)]
