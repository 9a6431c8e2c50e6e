"""Changes that cosmic-ray can make to a module, and a sample of them."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

CONFIGURATION = """[cosmic-ray]
module-path = {modules}
timeout = 1.0
excluded-modules = []
test-command = "false"

[cosmic-ray.distributor]
name = "local"
"""


@dataclass(frozen=True, order=True)
class Change:
    """Lines count from 1, as those of coverage do."""

    module: str
    line: int
    column: int
    last_line: int
    operator: str
    occurrence: int

    @property
    def place(self) -> tuple[str, int, int]:
        return self.module, self.line, self.column

    def applied(self, text: str) -> str:
        """The module with the change."""
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        changed = mutate_code(text, get_operator(self.operator)(), self.occurrence)
        assert isinstance(changed, str)
        return changed

    def lines(self, root: Path) -> tuple[str, str]:
        """The line of the place without the change, and the first line that differs with it."""
        before = (root / self.module).read_text(encoding="utf-8")
        old, new = before.splitlines(), self.applied(before).splitlines()
        return old[self.line - 1].strip(), next((b.strip() for a, b in zip(old, new, strict=False) if a != b), "")


def changes_of(root: Path, modules: Sequence[str]) -> list[Change]:
    """All changes, but none of type annotations, which no test can notice."""
    with tempfile.TemporaryDirectory() as folder:
        configuration, session = Path(folder) / "cosmic-ray.toml", Path(folder) / "session.sqlite"
        configuration.write_text(CONFIGURATION.format(modules=json.dumps(list(modules))), encoding="utf-8")
        _cosmic_ray(root, "init", str(configuration), str(session))
        found = sorted(map(_change_of, _cosmic_ray(root, "dump", str(session)).splitlines()))
    return [change for change in found if not _is_in(change, _annotations(str(root / change.module)))]


def _cosmic_ray(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "cosmic_ray.cli", *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def _change_of(line: str) -> Change:
    found = json.loads(line)[0]["mutations"][0]
    (first, column), (last, _) = found["start_pos"], found["end_pos"]
    return Change(found["module_path"], first, column, last, found["operator_name"], found["occurrence"])


Span = tuple[tuple[int, int], tuple[int, int]]


def _annotations(path: str) -> list[Span]:
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    found = [annotation for node in ast.walk(tree) for annotation in _annotations_of(node)]
    return [((a.lineno, a.col_offset), (a.end_lineno or 0, a.end_col_offset or 0)) for a in found]


def _annotations_of(node: ast.AST) -> Iterator[ast.expr]:
    annotation = node.returns if isinstance(node, ast.FunctionDef) else getattr(node, "annotation", None)
    if isinstance(annotation, ast.expr):
        yield annotation


def _is_in(change: Change, spans: Iterable[Span]) -> bool:
    return any(first <= (change.line, change.column) < last for first, last in spans)


def sampled(changes: Iterable[Change], count: int, seed: int) -> list[Change]:
    """One change of each of up to `count` places, equally likely, in the same order for the same seed."""
    drawn = random.Random(seed)
    places = [list(group) for _, group in groupby(sorted(changes), key=lambda change: change.place)]
    drawn.shuffle(places)
    return [drawn.choice(at_place) for at_place in places[:count]]
