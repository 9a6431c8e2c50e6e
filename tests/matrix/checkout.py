"""A clean copy of the repository, in which commands run as on another machine."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.settings import REPOSITORY
from tests.matrix.conditions import Condition

LISTED = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
HOOK = "refuse_localhost"
REFUSE = """import os, sys

def _refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0] in ("localhost", b"localhost"):
        with open({record!r}, "a", encoding="utf-8") as record:
            record.write(" ".join(sys.argv) + "\\n")
        raise OSError("localhost leads nowhere on this machine")

if "CINEDEX_NO_LOCALHOST" in os.environ:
    sys.addaudithook(_refuse)
"""


class CommandFailed(Exception):
    """With the end of what the command printed."""


@dataclass(frozen=True)
class Checkout:
    """`data` lies beside it, for commands that may not write into the checkout."""

    root: Path
    python: Path

    @property
    def data(self) -> Path:
        return self.root.parent / "data"

    @property
    def _record(self) -> Path:
        return self.root.parent / "who resolved localhost"

    def run(self, command: Sequence[str], condition: Condition) -> float:
        """Seconds that it took; raises `CommandFailed`."""
        began_s = time.monotonic()
        with self._prepared(condition):
            done = subprocess.run(
                [*condition.before, *command],
                cwd=self.root, env=self._environment(condition), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        printed = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            raise CommandFailed(f"{' '.join(command)}: exit code {done.returncode}\n{printed[-6000:]}")
        if condition.no_localhost and self._record.exists():
            raise CommandFailed(f"The name localhost was resolved by:\n{self._record.read_text(encoding='utf-8')}")
        return time.monotonic() - began_s

    def _environment(self, condition: Condition) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CINEDEX_", "PYTHON"))}
        own = {"PYTHON": str(self.python), "CINEDEX_HOME": str(self.data)}
        if condition.no_localhost:
            own["CINEDEX_NO_LOCALHOST"] = "1"
        given = inherited | own | condition.variables
        return {name: value for name, value in given.items() if name not in condition.unset}

    @contextmanager
    def _prepared(self, condition: Condition) -> Iterator[None]:
        if condition.no_localhost:
            self._install_hook()
        if condition.read_only:
            _allow(self.root, write=False)
        try:
            yield
        finally:
            if condition.read_only:
                _allow(self.root, write=True)

    def _install_hook(self) -> None:
        for site in self.root.glob(".venv*/lib/python*/site-packages"):
            (site / f"{HOOK}.py").write_text(REFUSE.format(record=os.fsencode(self._record)), encoding="utf-8")
            (site / f"{HOOK}.pth").write_text(f"import {HOOK}\n", encoding="utf-8")


def copy_to(root: Path, python: Path) -> Checkout:
    """Everything that git does not ignore, as it is now."""
    files = subprocess.run(LISTED, cwd=REPOSITORY, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, files):
        source, target = REPOSITORY / name, root / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for arguments in (["init", "--quiet"], ["add", "--all"]):  # for the tests that list the files of the repository
        subprocess.run(["git", *arguments], cwd=root, check=True)
    return Checkout(root, python)


def _allow(root: Path, *, write: bool) -> None:
    for folder, _, names in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            if not path.is_symlink():
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | stat.S_IWUSR if write else mode & ~0o222)
