"""Requests that deviate from an OpenAPI document in one place each."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from cinedex.kernel.ids import new_id

Json = dict[str, Any]
Path = tuple[str | int, ...]

OF_ANOTHER_TYPE: dict[str, list[Any]] = {
    "integer": [True, "12", 1.5, [], {}],
    "number": [True, "12", [], {}],
    "boolean": ["yes", 1, [], {}],
    "string": [5, True, {"x": 1}],
    "array": ["x", 5, {"x": 1}],
    "object": ["x", 5, [1]],
}
"""Values that a field of this type must refuse."""
ODD: list[Any] = ["", "x" * 20_000, "\x00", -1, 1e308, 10**30, None, {}, [None], "2026-13-45"]
"""Values that a field may refuse, and which must never be a fault of the server."""


class Document:
    """Finds the fields of the bodies, with a valid value for each."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        for path, operations in self._document["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def body(self, operation: Json) -> Json | None:
        """The schema of the JSON body; None for an operation without one."""
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        return self._resolved(schema) if schema else None

    def types(self, schema: Json) -> set[str]:
        return {self._resolved(member).get("type", "any") for member in schema.get("anyOf", [schema])} - {"null"}

    def fields(self, schema: Json, at: Path = ()) -> Iterator[tuple[Path, Json]]:
        """Every field with its place, those of nested objects and of the items of lists included."""
        for name, field in self._resolved(schema).get("properties", {}).items():
            place = (*at, name)
            yield place, field
            for member in map(self._resolved, field.get("anyOf", [field])):
                yield from self.fields(member, place)
                if "items" in member:
                    yield from self.fields(member["items"], (*place, 0))

    def objects(self, schema: Json) -> set[Path]:
        """The places of the objects with declared fields."""
        return {place[:-1] for place, _ in self.fields(schema)}

    def sample(self, schema: Json, into: Path = ()) -> Any:
        """A valid value, with all required fields, and with what leads to the place `into`."""
        members = [m for m in map(self._resolved, schema.get("anyOf", [schema])) if m.get("type") != "null"]
        chosen = next((m for m in members if _has(m, into)), {})
        if "properties" in chosen:
            places = dict.fromkeys(chosen.get("required", ()), ()) | ({str(into[0]): into[1:]} if into else {})
            return {name: self.sample(chosen["properties"][name], rest) for name, rest in places.items()}
        if chosen.get("type") == "array":
            return [self.sample(chosen["items"], into[1:])]
        return self._scalar(chosen)

    def _scalar(self, schema: Json) -> Any:
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if schema.get("format") == "uuid":
            return new_id()
        if schema.get("format") == "date-time":
            return "2026-05-01T10:00:00Z"
        return {"integer": 5, "number": 1.0, "boolean": True, "string": "x", "object": {}}.get(schema.get("type", ""))

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self._document["components"]["schemas"][name]
        members = [m for m in schema.get("anyOf", ()) if m.get("type") != "null"]
        return self._resolved(members[0]) if len(members) == 1 else schema


def _has(schema: Json, place: Path) -> bool:
    """Whether the first step of the place is in a value of this type."""
    if not place:
        return True
    return "items" in schema if place[0] == 0 else place[0] in schema.get("properties", {})


def replaced(value: Any, place: Path, new: Any) -> Any:
    """A copy of `value` with `new` at a place that exists but for its last step."""
    copy = deepcopy(value)
    container = copy
    for step in place[:-1]:
        container = container[step]
    container[place[-1]] = new
    return copy
