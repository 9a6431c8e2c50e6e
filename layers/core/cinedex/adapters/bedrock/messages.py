"""Build requests of Bedrock's Converse API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cinedex.language_models.language_model import ModelMessage, ToolSpec


def converse_request(
    model_id: str, system: str, messages: Sequence[ModelMessage], tools: Sequence[ToolSpec], tokens_max: int
) -> dict[str, Any]:
    """Text blocks must not be empty, and a request with tool calls must list the tools."""
    request: dict[str, Any] = {
        "modelId": model_id,
        "system": [{"text": system}],
        "messages": [{"role": message.role, "content": _blocks(message)} for message in messages],
        "inferenceConfig": {"maxTokens": tokens_max},
    }
    return request | ({"toolConfig": {"tools": [_tool(tool) for tool in tools]}} if tools else {})


def _blocks(message: ModelMessage) -> list[dict[str, Any]]:
    """Tool results come before text, as some models require."""
    results = [
        {
            "toolResult": {
                "toolUseId": outcome.tool_call_id,
                "content": [{"text": outcome.content or "(nothing)"}],
                "status": "error" if outcome.is_error else "success",
            }
        }
        for outcome in message.tool_outcomes
    ]
    text = [{"text": message.text}] if message.text.strip() else []
    uses = [
        {"toolUse": {"toolUseId": use.tool_call_id, "name": use.name, "input": use.arguments}}
        for use in message.tool_uses
    ]
    return [*results, *text, *uses]


def _tool(tool: ToolSpec) -> dict[str, Any]:
    schema = {"json": tool.input_schema}
    return {"toolSpec": {"name": tool.name, "description": tool.description, "inputSchema": schema}}
