"""Mutants: small faults made by hand, each with the rule that it breaks and the tests that notice it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

DATA = Path(__file__).parent / "data"


class TextNotFound(Exception):
    """The text of a mutant is not exactly once in its file, because the file has changed."""


class Mutant(BaseModel):
    """`old` is exactly once in `file`, and the mutant has `new` in its place.

    `tests` are files or node ids that pytest accepts; those that need a server or a stack are named last. A mutant that
    no test can notice says in `equivalent` why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    fault: str
    rule: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = Field(min_length=1)
    equivalent: str = ""

    def occurrences(self, root: Path) -> int:
        path = root / self.file
        return path.read_text(encoding="utf-8").count(self.old) if path.is_file() else 0

    def applied(self, root: Path) -> str:
        """The text of the file with the fault. Raises `TextNotFound`."""
        count = self.occurrences(root)
        if count != 1:
            raise TextNotFound(f"{self.id}: its text is in {self.file} {count} times, and not once.")
        return (root / self.file).read_text(encoding="utf-8").replace(self.old, self.new)


def read_mutants(folder: Path = DATA) -> list[Mutant]:
    return list(_read(folder))


def _read(folder: Path) -> Iterator[Mutant]:
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            yield Mutant.model_validate(entry)
