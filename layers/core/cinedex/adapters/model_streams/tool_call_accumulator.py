"""Tool calls put together from the fragments in which language models stream them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cinedex.language_models.language_model import ToolUse


@dataclass
class _Call:
    call_id: str
    name: str = ""
    written: str = ""


class ToolCallAccumulator:
    """Fragments of one call share their `index`; some servers number every call 0 and tell them apart by id."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}

    def add(self, index: int, call_id: str = "", name: str = "", arguments: str = "") -> None:
        call = self._at.get(index)
        if call is None or (call_id and call.call_id and call_id != call.call_id):
            call = _Call(call_id)
            self._at[index] = call
            self._calls.append(call)
        call.call_id = call.call_id or call_id
        call.name = call.name or name
        call.written += arguments

    def whole(self) -> tuple[ToolUse, ...]:
        """Arguments that are no JSON object are kept as they were written, as `malformed`."""
        return tuple(_tool_use(call, number) for number, call in enumerate(self._calls) if call.name)


def _tool_use(call: _Call, number: int) -> ToolUse:
    known = {"tool_call_id": call.call_id or f"call{number}", "name": call.name}
    try:
        arguments = json.loads(call.written or "{}")
    except ValueError:
        arguments = None
    if isinstance(arguments, dict):
        return ToolUse.model_validate({**known, "arguments": arguments})
    return ToolUse.model_validate({**known, "malformed": call.written})
