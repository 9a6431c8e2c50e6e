"""Checks of what `make setup` installs: Python, the locked packages, the emulator, the weights."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from local.doctor.verdict import Verdict, broken, ok
from local.emulator import PINNED_VERSION
from local.emulator.launch import PYTHON as EMULATOR_PYTHON
from local.settings import REPOSITORY

PYTHONS = ((3, 11), (3, 12), (3, 13))

_RUN_SETUP = "Run: make setup"
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ?; ?(?P<marker>[^\\]+))?", re.MULTILINE)
_WEIGHTS = (
    "import json; from gpu_tasks.engines.catalog import check_weights; "
    "print(json.dumps([check.model_dump() for check in check_weights()]))"
)


def check_python() -> Verdict:
    version = f"Python {sys.version.split()[0]}"
    if sys.version_info[:2] not in PYTHONS:
        return broken("Python", version, "Install Python 3.11, 3.12 or 3.13, then run: make setup")
    return ok("Python", version)


def check_packages() -> Verdict:
    return compare("packages", REPOSITORY / "requirements/all.txt", sys.path)


def check_emulator() -> Verdict:
    if not EMULATOR_PYTHON.exists():
        return broken("emulator", ".venv-emulator is missing.", _RUN_SETUP)
    site = [str(path) for path in (REPOSITORY / ".venv-emulator/lib").glob("python*/site-packages")]
    verdict = compare("emulator", REPOSITORY / "requirements/emulator.txt", site)
    installed = _installed(site).get("ministack")
    if installed != PINNED_VERSION:
        return broken("emulator", f"ministack is {installed}, the patches are for {PINNED_VERSION}.", _RUN_SETUP)
    return verdict


def check_search() -> Verdict:
    with sqlite3.connect(":memory:") as database:
        try:
            database.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        except sqlite3.OperationalError as error:
            return broken("SQLite", str(error), "Use a Python whose SQLite has FTS5; python.org's has it.")
    return ok("SQLite", f"SQLite {sqlite3.sqlite_version} with FTS5")


def check_weights() -> list[Verdict]:
    """In a process of its own: this program never imports the model runtimes of the worker."""
    command = [sys.executable, "-c", _WEIGHTS]
    checked = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        return [broken("weights", checked.stderr.strip().splitlines()[-1], _RUN_SETUP)]
    return [_weight(check) for check in json.loads(checked.stdout)]


def _weight(check: dict[str, str | int | None]) -> Verdict:
    subject = f"weight {check['name']}"
    if check["problem"]:
        return broken(subject, str(check["problem"]), _RUN_SETUP)
    return ok(subject, f"{int(check['size_bytes'] or 0) / 1e6:.1f} MB from {check['source']}, sha256 as pinned")


def compare(subject: str, lock: Path, search_path: list[str]) -> Verdict:
    """Packages pinned for other systems may be absent; no package may have another version."""
    installed, pinned = _installed(search_path), _pinned(lock)
    wrong = sorted(name for name in pinned if name in installed and installed[name] not in pinned[name])
    missing = sorted(name for name, versions in pinned.items() if name not in installed and "" not in versions)
    if wrong or missing:
        return broken(subject, f"not as locked: {', '.join(wrong + missing)}", _RUN_SETUP)
    return ok(subject, f"{len(installed.keys() & pinned.keys())} packages as locked in {lock.name}")


def _pinned(lock: Path) -> dict[str, set[str]]:
    """Versions by package; an empty version among them means that the pin has a condition."""
    pins: dict[str, set[str]] = {}
    for pin in _PINNED.finditer(lock.read_text(encoding="utf-8")):
        versions = pins.setdefault(_normal(pin["name"]), set())
        versions |= {pin["version"], ""} if pin["marker"] else {pin["version"]}
    return pins


def _installed(search_path: list[str]) -> dict[str, str]:
    return {_normal(installed.name): installed.version for installed in distributions(path=search_path)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
