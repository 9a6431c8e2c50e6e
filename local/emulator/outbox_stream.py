"""Patch of ministack: the stream of a table has new items of the outbox only, and is empty after a restart.

ministack keeps every record of a stream in memory for a day, and saves how far a function has read, but not the
records. After a restart the function would skip as many new records as it had read before. What it had not read is
still in the outbox, which a schedule reads.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

OUTBOX = "EO#"
"""How the partition keys of the outbox begin, as in `cinedex.adapters.dynamodb.events.event_keys`."""


def keep_the_outbox_only() -> None:
    tables: Any = import_module("ministack.services.dynamodb")
    emit = tables._emit_stream_event

    def emit_outbox(table: str, event: str, old: Any, new: Any, *arguments: Any, **options: Any) -> None:
        if event == "INSERT" and new.get("pk", {}).get("S", "").startswith(OUTBOX):
            emit(table, event, old, new, *arguments, **options)

    tables._emit_stream_event = emit_outbox


def read_from_the_start_after_a_restart() -> None:
    functions: Any = import_module("ministack.services.lambda_svc")
    get_state = functions.get_state

    def get_state_without_positions() -> Any:
        state = get_state()
        return state | {"dynamodb_stream_positions": type(state["dynamodb_stream_positions"])()}

    functions.get_state = get_state_without_positions
