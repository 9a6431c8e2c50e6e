"""What `sam build` makes of the package `functions`, with the makefile of SAM's build method."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.pythons import pythons
from tests.support.template import REPOSITORY


@pytest.fixture
def built(tmp_path: Path) -> Path:
    python = next(pythons(range(13, 14)), None)
    if python is None:
        pytest.skip("needs Python 3.13, the runtime of the functions: put it on PATH, or install it with pyenv")
    path = tmp_path / "path"
    path.mkdir()
    (path / "python3.13").symlink_to(python)
    command = ["make", "-C", REPOSITORY / "functions", "build-AnyFunction", f"ARTIFACTS_DIR={tmp_path}"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PATH": f"{path}:{os.environ['PATH']}"})
    return tmp_path / "functions"


def test_a_function_has_each_module_compiled_because_its_folder_is_read_only_in_lambda(built: Path) -> None:
    modules = {path.stem for path in built.glob("*.py")}
    assert modules == {path.stem for path in (REPOSITORY / "functions").glob("*.py")}
    assert {path.name for path in (built / "__pycache__").iterdir()} == {f"{name}.cpython-313.pyc" for name in modules}
    assert not (built / "Makefile").exists()


def test_the_bytecode_of_a_function_is_used_without_a_look_at_its_source(built: Path) -> None:
    """Bits 0 and 1 of the second word of a file: a hash instead of a time, which is not compared (PEP 552)."""
    headers = {path.read_bytes()[4:8] for path in (built / "__pycache__").iterdir()}
    assert headers == {(0b01).to_bytes(4, "little")}


def test_the_start_script_of_a_function_stays_executable(built: Path) -> None:
    assert (built / "chat_stream.sh").stat().st_mode & 0o111
