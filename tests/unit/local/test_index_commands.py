"""`cinedex index`: its output and exit codes, when the function succeeds or fails."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from cinedex_client.cli.main import main

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


def exit_code(monkeypatch: pytest.MonkeyPatch, command: str, emulator: Any = None) -> Any:
    if emulator is not None:
        monkeypatch.setattr(SearchIndex, "of", lambda _: SearchIndex(emulator, "manage-index"))
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
