"""Assemble tool calls from the fragments that language models stream."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cinedex.language_models.language_model import ToolUse


@dataclass
class _Call:
    call_id: str
    name: str = ""
    arguments_text: str = ""


class ToolCallAccumulator:
    """Fragments of one call have the same `index`. Some servers use 0 for every call and different ids."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}

    def add(self, index: int, call_id: str = "", name: str = "", arguments: str = "") -> None:
        call = self._by_index.get(index)
        if call is None or (call_id and call.call_id and call_id != call.call_id):
            call = _Call(call_id)
            self._by_index[index] = call
            self._calls.append(call)
        call.call_id = call.call_id or call_id
        call.name = call.name or name
        call.arguments_text += arguments

    def tool_uses(self) -> tuple[ToolUse, ...]:
        """The complete calls. Arguments that are not a JSON object are returned as text in `malformed`."""
        return tuple(_tool_use(call, number) for number, call in enumerate(self._calls) if call.name)


def _tool_use(call: _Call, number: int) -> ToolUse:
    identity = {"tool_call_id": call.call_id or f"call{number}", "name": call.name}
    try:
        arguments = json.loads(call.arguments_text or "{}")
    except ValueError:
        arguments = None
    if isinstance(arguments, dict):
        return ToolUse.model_validate({**identity, "arguments": arguments})
    return ToolUse.model_validate({**identity, "malformed": call.arguments_text})
