"""Which modules belong to a capability."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

PACKAGE = "layers/core/cinedex"
MEASURED = ("kernel", "access", "library", "analysis", "search", "chat", "gpu_tasks")
"""Those that a run without modules takes. `gpu_tasks` has the modules of the worker and of its lease, no engines."""


class NoSuchModule(Exception):
    """No module of the product has this path."""


def modules_of(root: Path, capability: str) -> list[str]:
    found = root.glob("gpu_tasks/*.py") if capability == "gpu_tasks" else root.glob(f"{PACKAGE}/{capability}/**/*.py")
    return sorted(str(path.relative_to(root)) for path in found if path.name != "__init__.py")


def capability_of(module: str) -> str:
    """The name of the package: `search`, `adapters`, `gpu_tasks`, `functions`."""
    return module.removeprefix(f"{PACKAGE}/").split("/")[0].removesuffix(".py")


def named(root: Path, names: Sequence[str]) -> list[str]:
    """The modules of paths, of folders and of names of capabilities. Raises `NoSuchModule`."""
    return sorted({module for name in names for module in _named(root, name)})


def _named(root: Path, name: str) -> list[str]:
    path = root / name
    found = [path] if path.is_file() else path.rglob("*.py") if path.is_dir() and "/" in name else ()
    modules = [str(p.relative_to(root)) for p in found if p.name != "__init__.py"] or modules_of(root, name)
    if not modules:
        raise NoSuchModule(f"{name} is neither a module or folder of the product nor a capability.")
    return modules


def changed_since(root: Path, reference: str) -> list[str]:
    """Modules of the product that differ from a commit of git, uncommitted changes included."""
    command = ["git", "diff", "--name-only", "--diff-filter=d", reference, "--", PACKAGE, "gpu_tasks", "functions"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in listed if name.endswith(".py") and not name.endswith("__init__.py")]
