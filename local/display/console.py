"""The two consoles of this program: results on stdout, everything about the work on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

_PIPED_WIDTH = 200


def stdout() -> Console:
    """As wide as the terminal; a pipe gets lines of a fixed width, without colours or control codes."""
    return _console(stderr=False, terminal=sys.stdout.isatty())


def stderr() -> Console:
    return _console(stderr=True, terminal=sys.stderr.isatty())


def print_json(document: BaseModel | Mapping[str, Iterable[BaseModel]]) -> None:
    """One indented JSON document on stdout."""
    plain = document if isinstance(document, BaseModel) else {n: list(e) for n, e in document.items()}
    sys.stdout.write(json.dumps(plain, default=_dumped, indent=2, ensure_ascii=False) + "\n")


def print_error(message: str, mend: str = "", request_id: str | None = None) -> None:
    console = stderr()
    console.print(Text.assemble(("Error: ", "bold red"), message))
    if mend:
        console.print(Text(f"  {mend}"))
    if request_id:
        console.print(Text(f"  request {request_id}", style="dim"))


def _console(*, stderr: bool, terminal: bool) -> Console:
    return Console(stderr=stderr, highlight=False, width=None if terminal else _PIPED_WIDTH)


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json")
