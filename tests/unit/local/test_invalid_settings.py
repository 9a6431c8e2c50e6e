"""The message of `cinedex` for an invalid environment variable."""

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
        (
            "CINEDEX_ALLOWED_HOSTS",
            "https://a.example",
            "it must list host names such as cinedex.example.com, without a scheme, separated by commas;"
            " not https://a.example",
        ),
        (
            "CINEDEX_ALLOWED_ORIGINS",
            "http://a.example, b.example",
            "it must list origins such as https://app.example.com, without a path, or *, separated by commas;"
            " not b.example",
        ),
        ("OPENSEARCH_URL", "http://", "it must be an address that begins with http:// or https://"),
    ],
)
def test_an_invalid_variable_is_reported_with_its_name_value_and_reason(
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


def test_an_invalid_address_is_reported_before_a_missing_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CINEDEX_SEARCH", "opensearch")
    monkeypatch.setenv("OPENSEARCH_URL", "localhost:9200")
    monkeypatch.setattr(sys, "argv", ["cinedex", "up"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "Invalid value for OPENSEARCH_URL: localhost:9200" in " ".join(capsys.readouterr().err.split())


def test_rewriting_is_allowed_with_a_language_model(
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
