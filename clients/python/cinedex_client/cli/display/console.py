"""The two consoles of this program: results on stdout, progress and messages on stderr."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

_PIPED_WIDTH = 200
_FILL = re.compile(r"[ ]+(?=\n)")


def stdout() -> Console:
    """As wide as the terminal; a pipe receives lines of a fixed width, without colours or control codes."""
    return _console(sys.stdout)


def stderr() -> Console:
    return _console(sys.stderr)


def print_json(document: BaseModel | Mapping[str, Iterable[BaseModel]]) -> None:
    """One indented JSON document on stdout."""
    plain = document if isinstance(document, BaseModel) else {n: list(e) for n, e in document.items()}
    sys.stdout.write(json.dumps(plain, default=_dumped, indent=2, ensure_ascii=False) + "\n")


def print_error(message: str, hint: str = "", request_id: str | None = None) -> None:
    console = stderr()
    console.print(Text.assemble(("Error: ", "bold red"), message))
    if hint:
        console.print(Text(f"  {hint}"))
    if request_id:
        console.print(Text(f"  request {request_id}", style="dim"))


def print_warning(message: str) -> None:
    """About an operation that succeeded with limitations."""
    stderr().print(Text.assemble(("Warning: ", "bold yellow"), message))


def _console(stream: TextIO) -> Console:
    if stream.isatty():
        return Console(file=stream, highlight=False)
    return Console(file=_Trimmed(stream), highlight=False, width=_PIPED_WIDTH)


class _Trimmed(io.StringIO):
    """Forwards text without the trailing spaces of table lines."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(_FILL.sub("", text))

    def flush(self) -> None:
        self._stream.flush()


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True)
