"""`cinedex models` runs the program of the worker with the folder of the home, and ends with its exit code."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from local.cli import models


class FakeProcess:
    calls: list[tuple[list[str], dict[str, str]]]
    code = 0

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        type(self).calls.append((command[3:], env))

    def __enter__(self) -> FakeProcess:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def wait(self) -> int:
        return self.code


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeProcess]:
    FakeProcess.calls, FakeProcess.code = [], 0
    monkeypatch.setenv("CINEDEX_HOME", str(tmp_path))
    monkeypatch.delenv("MODEL_WEIGHTS_DIR", raising=False)
    monkeypatch.setattr(models, "subprocess", SimpleNamespace(Popen=FakeProcess))
    return FakeProcess


def run(*arguments: str) -> Any:
    return CliRunner().invoke(models.app, arguments)


def test_models_are_pulled_into_the_home(process: type[FakeProcess], tmp_path: Path) -> None:
    run("pull", "someone/whisper", "--from", "s3://b/p", "--revision", "1", "--as", "mine", "--accept-licence", "X")
    command, environment = process.calls[0]
    sent = ["--from", "s3://b/p", "--revision", "1", "--as", "mine", "--accept-licence", "X", "--", "someone/whisper"]
    assert command == ["pull", *sent]
    assert environment["MODEL_WEIGHTS_DIR"] == str(tmp_path / "models")


@pytest.mark.parametrize("command", ["list", "verify", "licences"])
def test_the_other_commands_are_passed_on(process: type[FakeProcess], command: str) -> None:
    run(command, "--json")
    assert process.calls[0][0] == [command, "--json"]


def test_another_folder_of_models_is_kept(process: type[FakeProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", "/opt/models")
    run("list")
    assert process.calls[0][1]["MODEL_WEIGHTS_DIR"] == "/opt/models"


def test_the_exit_code_is_that_of_the_program(process: type[FakeProcess]) -> None:
    process.code = 1
    assert run("verify").exit_code == 1
