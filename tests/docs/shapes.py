"""Compares the shape of two JSON documents: names and types of fields at every level, not their values."""

from __future__ import annotations

from typing import Any


def difference(shown: Any, given: Any, at: str = "") -> str | None:
    """The first difference between the shown and the real response, as a sentence; None if there is none.

    Of two lists the first entries are compared. `null` equals everything, because an example may omit a value.
    """
    if shown is None or given is None:
        return None
    if isinstance(shown, dict) and isinstance(given, dict):
        return _in_fields(shown, given, at)
    if isinstance(shown, list) and isinstance(given, list):
        return _in_entries(shown, given, at)
    if _kind(shown) != _kind(given):
        return f"{at or 'the answer'} is shown as {_kind(shown)} and is {_kind(given)}"
    return None


def _in_fields(shown: dict[str, Any], given: dict[str, Any], at: str) -> str | None:
    if missing := sorted(given.keys() - shown.keys()):
        return f"{at or 'the answer'} has {', '.join(missing)}, which the page does not show"
    if foreign := sorted(shown.keys() - given.keys()):
        return f"{at or 'the answer'} has no {', '.join(foreign)}, which the page shows"
    differences = (difference(shown[name], given[name], f"{at}.{name}") for name in shown)
    return next((sentence for sentence in differences if sentence), None)


def _in_entries(shown: list[Any], given: list[Any], at: str) -> str | None:
    if shown and not given:
        return f"{at or 'the answer'} is empty, and the page shows entries"
    return difference(shown[0], given[0], f"{at}[0]") if shown and given else None


def _kind(value: Any) -> str:
    return "a number" if isinstance(value, float | int) and not isinstance(value, bool) else type(value).__name__
