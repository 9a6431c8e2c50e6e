"""Which Pythons are on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path


def pythons(minors: Sequence[int]) -> Iterator[Path]:
    """Newest first; a name on PATH may be a shim that leads nowhere, so each is tried."""
    newest_first = sorted(minors, reverse=True)
    on_path = [shutil.which(f"python3.{minor}") for minor in newest_first]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = [path for minor in newest_first for path in sorted(pyenv.glob(f"3.{minor}.*/bin/python"), reverse=True)]
    return (python for python in (*map(Path, filter(None, on_path)), *managed) if _works(python))


def _works(python: Path) -> bool:
    tried = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return tried.returncode == 0
