"""What `cinedex` says of an environment variable that it cannot use."""

from __future__ import annotations

import sys

import pytest

from local.cli.main import main


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("CINEDEX_PORT", "many", "Input should be a valid integer, unable to parse string as an integer."),
        ("LANGUAGE_MODEL", "oracle", "Input should be 'extractive', 'openai' or 'bedrock'."),
        ("SEARCH_REWRITE", "always", "a language model is needed, and LANGUAGE_MODEL names none."),
    ],
)
def test_it_is_named_as_it_is_spelled_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["cinedex", "index", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = " ".join(capsys.readouterr().err.split())
    assert told == f"Error: {variable}={value} makes no sense: {reason}"


def test_rewriting_is_let_on_where_there_is_a_language_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("CINEDEX_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("LANGUAGE_MODEL", "openai")
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    monkeypatch.setattr(sys, "argv", ["cinedex", "index", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "SEARCH_REWRITE" not in capsys.readouterr().err
