"""Build requests of OpenAI's chat completions API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cinedex.language_models.language_model import ModelMessage, ToolSpec, ToolUse


def chat_request(
    model: str, system: str, messages: Sequence[ModelMessage], tools: Sequence[ToolSpec]
) -> dict[str, Any]:
    chat = [{"role": "system", "content": system}, *(m for message in messages for m in _messages(message))]
    body: dict[str, Any] = {
        "model": model,
        "messages": chat,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    return body | ({"tools": [_tool(tool) for tool in tools]} if tools else {})


def _messages(message: ModelMessage) -> Iterator[dict[str, Any]]:
    """Each tool result is a message before that of the user. Content is never null, which some servers reject."""
    for outcome in message.tool_outcomes:
        yield {"role": "tool", "tool_call_id": outcome.tool_call_id, "content": outcome.content}
    if message.tool_uses:
        yield {"role": message.role, "content": message.text, "tool_calls": list(map(_call, message.tool_uses))}
    elif message.text:
        yield {"role": message.role, "content": message.text}


def _call(use: ToolUse) -> dict[str, Any]:
    arguments = json.dumps(use.arguments, ensure_ascii=False)
    return {"id": use.tool_call_id, "type": "function", "function": {"name": use.name, "arguments": arguments}}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.input_schema}
    return {"type": "function", "function": function}
