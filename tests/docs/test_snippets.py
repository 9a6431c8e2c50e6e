"""Every snippet of README and docs runs, and its response has the shown shape."""

from __future__ import annotations

from pathlib import Path

import pytest
from sybil import Example

from tests.docs import commands
from tests.docs.conftest import Reader
from tests.docs.pages import REPOSITORY, name_of, snippets
from tests.docs.shapes import difference
from tests.docs.terminal import Terminal, TerminalClosed


def place(example: Example) -> str:
    return f"{name_of(Path(example.document.path))}:{example.line}"


@pytest.mark.parametrize("example", snippets(run=True), ids=place)
def test_a_snippet_runs_and_its_response_has_the_shown_shape(
    example: Example, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CINEDEX_URL", "CINEDEX_API_KEY", "CINEDEX_HOME"):
        monkeypatch.setenv(name, reader.environment[name])
    example.namespace.setdefault("terminal", reader.open_terminal(example.document.path))
    example.evaluate()


@pytest.mark.parametrize("example", snippets(run=False), ids=place)
def test_a_snippet_that_is_not_run_is_shell_with_existing_options(example: Example) -> None:
    assert commands.faults(example.parsed) == []


def test_most_snippets_run() -> None:
    assert len(snippets(run=True)) > 3 * len(snippets(run=False))


@pytest.mark.parametrize(
    ("snippet", "fault"),
    [
        ("make dmeo", "make has no target dmeo"),
        ("cinedex serach cat", "cinedex has no command serach"),
        ("cinedex upload --fast clip.mp4", "cinedex upload has no option --fast"),
        ("CINEDEX_PORT=9 cinedex up --prot 9  # a comment", "cinedex up has no option --prot"),
    ],
)
def test_a_wrong_command_is_reported(snippet: str, fault: str) -> None:
    assert commands.faults(snippet) == [fault]


def test_an_unfinished_quotation_is_reported() -> None:
    (fault,) = commands.faults("echo 'never closed")
    assert fault.startswith("It is not shell:")


@pytest.mark.parametrize(
    ("shown", "given", "sentence"),
    [
        ({"a": 1}, {"a": 2}, None),
        ({"a": 1}, {"a": 2, "b": 3}, "the answer has b, which the page does not show"),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, ".a has no c, which the page shows"),
        ({"a": [{"b": 1}]}, {"a": []}, ".a is empty, and the page shows entries"),
        ({"a": "1"}, {"a": 1}, ".a is shown as str and is a number"),
        ({"a": None}, {"a": 1}, None),
    ],
)
def test_a_response_of_another_shape_is_reported(shown: object, given: object, sentence: str | None) -> None:
    assert difference(shown, given) == sentence


def test_a_failing_command_fails_its_snippet_and_reports_standard_error() -> None:
    terminal = Terminal(REPOSITORY, {"PATH": "/usr/bin:/bin"})
    with pytest.raises(TerminalClosed, match="its own words"):
        terminal.run("echo its own words >&2; false; echo never")
    terminal.close()


def test_variables_and_functions_of_a_snippet_are_defined_in_the_next() -> None:
    terminal = Terminal(REPOSITORY, {"PATH": "/usr/bin:/bin"})
    terminal.run("greet() { echo hello $1; }; NAME=world")
    assert terminal.run('greet "$NAME"') == "hello world"
    terminal.close()
