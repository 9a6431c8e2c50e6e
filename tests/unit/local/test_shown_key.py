"""`cinedex up` shows the API key on a terminal, and never writes it to a log."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.cli.up import _announce
from local.home import Home

KEY = "sk_live_0123"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_key_is_shown_on_a_terminal_only(
    is_terminal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack: Any = SimpleNamespace(url="http://127.0.0.1:8080", api_key=KEY, home=Home(tmp_path))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    _announce(stack, 1.0)
    printed = capsys.readouterr().out
    assert (KEY in printed) is is_terminal
    assert f"stored in {tmp_path}/api_key" in printed
