"""`cinedex index`: its output and exit codes, when the function succeeds or fails."""

from __future__ import annotations

import io
import json
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from cinedex_client.cli.main import main

from local import search_index
from local.deploy.deployment import Deployment
from local.emulator.access import EmulatorAccess
from local.home import Home
from local.search_index import SearchIndex

FILLED = {"versions": {"live": [{"name": "m1", "segment_count": 3}], "next": [], "old": []}, "reindexing": None}
NONE: dict[str, Any] = {"versions": {"live": [], "next": [], "old": []}, "reindexing": None}


class Emulator:
    """Its only function returns a given answer."""

    def __init__(self, answer: dict[str, Any], *, failed: bool = False) -> None:
        self.functions, self._answer, self._failed = self, answer, failed

    def invoke(self, **_: Any) -> dict[str, Any]:
        response = {"Payload": io.BytesIO(json.dumps(self._answer).encode())}
        return response | ({"FunctionError": "Unhandled"} if self._failed else {})


def raised(kind: str) -> Emulator:
    return Emulator({"errorType": kind, "errorMessage": "There is no next index."}, failed=True)


class SilentEmulator:
    def __init__(self, error: Exception) -> None:
        self.functions, self._error = self, error

    def invoke(self, **_: Any) -> NoReturn:
        raise self._error


def exit_code(monkeypatch: pytest.MonkeyPatch, command: str, emulator: Any = None) -> Any:
    if emulator is not None:
        monkeypatch.setattr(SearchIndex, "of", lambda _: SearchIndex(emulator, "manage-index", Path("logs")))
    monkeypatch.setattr(sys, "argv", ["cinedex", "index", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.mark.parametrize("command", ["status", "swap", "drop --next", "swap --json"])
def test_a_successful_command_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert exit_code(monkeypatch, command, Emulator(FILLED)) == 0
    assert "m1" in capsys.readouterr().out


def test_without_an_index_the_command_to_build_one_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(monkeypatch, "status", Emulator(NONE)) == 0
    output = capsys.readouterr().out
    assert output == "There is no search index. Build one from the stored documents: cinedex index reindex\n"


@pytest.mark.parametrize("command", ["swap", "drop --next", "reindex"])
@pytest.mark.parametrize("kind", ["StateConflict", "StaleRevision"])
def test_a_conflict_ends_with_5(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, kind: str
) -> None:
    assert exit_code(monkeypatch, command, raised(kind)) == 5
    assert "There is no next index." in capsys.readouterr().err


def test_a_failure_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code(monkeypatch, "swap", raised("Unavailable")) == 1


@pytest.mark.parametrize("command", ["index status", "index swap", "keys list"])
def test_without_a_running_stack_a_command_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, command: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv("CINEDEX_HOME", str(home.root))
    monkeypatch.setattr(sys, "argv", ["cinedex", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3


@pytest.mark.parametrize("command", ["status", "reindex", "swap", "drop"])
@pytest.mark.parametrize("error", [ReadTimeoutError, EndpointConnectionError, ConnectionClosedError])
def test_an_emulator_that_stops_answering_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, error: type[Exception]
) -> None:
    silent = SilentEmulator(error(endpoint_url="http://127.0.0.1:1", error="none"))
    assert exit_code(monkeypatch, command, silent) == 3
    assert "The emulator of the stack does not answer within 60 s." in capsys.readouterr().err


def test_a_stopped_emulator_is_named_before_a_command_is_sent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The kernel accepts connections to a stopped process, which never answers."""
    monkeypatch.setenv("CINEDEX_HOME", str(tmp_path))
    monkeypatch.setattr(search_index, "ANSWER_S_MAX", 0.2)
    monkeypatch.setattr(Home, "running", lambda _: SimpleNamespace(url="http://127.0.0.1:1"))
    monkeypatch.setattr(Deployment, "read", lambda _: SimpleNamespace(outputs={"ManageIndexFunctionName": "f"}))
    with socket.create_server(("127.0.0.1", 0)) as stopped:
        access = EmulatorAccess.create(stopped.getsockname()[1])
        access.store(Home(tmp_path))
        (tmp_path / "emulator_port").write_text(str(access.port))
        assert exit_code(monkeypatch, "status") == 3
    error = capsys.readouterr().err
    assert "does not answer within 0 s." in error
    assert "emulator.log" in error


def test_a_command_sends_its_request_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(search_index, "_require_answer", lambda *_: None)
    monkeypatch.setattr(Home, "running", lambda _: SimpleNamespace(url="http://127.0.0.1:1"))
    monkeypatch.setattr(Deployment, "read", lambda _: SimpleNamespace(outputs={"ManageIndexFunctionName": "f"}))
    EmulatorAccess.create(1).store(Home(tmp_path))
    (tmp_path / "emulator_port").write_text("1")
    config = SearchIndex.of(Home(tmp_path)).emulator.functions.meta.config
    assert (config.retries["total_max_attempts"], config.read_timeout) == (1, search_index.INVOCATION_S_MAX)
