"""Breaks a library on purpose, in this process's children too: they read `sitecustomize` from the same path."""

from __future__ import annotations

from pathlib import Path

import pytest

AV_OPEN = "import av\ndef broken(*_, **__):\n    {statement}\nav.open = broken\n"


def break_children(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Every Python process that is started with our `sys.path` runs `code` first."""
    (folder / "sitecustomize.py").write_text(code)
    monkeypatch.syspath_prepend(str(folder))


def break_av_open_in_children(folder: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    break_children(folder, monkeypatch, AV_OPEN.format(statement=statement))
