"""What `cinedex` says of an environment variable that it cannot use."""

from __future__ import annotations

import sys

import pytest
from cinedex_client.cli.main import main


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("CINEDEX_PORT", "many", "Input should be a valid integer, unable to parse string as an integer"),
        ("LANGUAGE_MODEL", "oracle", "Input should be 'extractive', 'bedrock' or 'openai'"),
        ("SEARCH_REWRITE", "always", "it needs a language model, and LANGUAGE_MODEL names none"),
        ("CINEDEX_SEARCH", "opensearch", "it needs the address of an OpenSearch in OPENSEARCH_URL"),
        ("OPENSEARCH_URL", "foo", "it must be an address that begins with http:// or https://"),
        ("OPENSEARCH_URL", "http://", "it must be an address that begins with http:// or https://"),
    ],
)
def test_it_is_named_as_it_is_spelled_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, reason: str
) -> None:
    monkeypatch.delenv("OPENSEARCH_URL", raising=False)
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["cinedex", "index", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    message = " ".join(capsys.readouterr().err.split())
    assert message == f"Error: Invalid value for {variable}: {value} ({reason})"


def test_an_address_that_is_wrong_is_told_before_that_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CINEDEX_SEARCH", "opensearch")
    monkeypatch.setenv("OPENSEARCH_URL", "localhost:9200")
    monkeypatch.setattr(sys, "argv", ["cinedex", "up"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "Invalid value for OPENSEARCH_URL: localhost:9200" in " ".join(capsys.readouterr().err.split())


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
