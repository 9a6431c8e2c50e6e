"""Every snippet of README and docs does what its page says."""

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
def test_a_snippet_runs_and_is_answered_as_shown(
    example: Example, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CINEDEX_URL", "CINEDEX_API_KEY", "CINEDEX_HOME"):
        monkeypatch.setenv(name, reader.environment[name])
    example.namespace.setdefault("terminal", reader.open_terminal(example.document.path))
    example.evaluate()


@pytest.mark.parametrize("example", snippets(run=False), ids=place)
def test_a_snippet_that_cannot_run_here_is_shell_with_options_that_exist(example: Example) -> None:
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
def test_a_wrong_command_is_noticed(snippet: str, fault: str) -> None:
    assert commands.faults(snippet) == [fault]


def test_an_unfinished_quotation_is_noticed() -> None:
    (fault,) = commands.faults("echo 'never closed")
    assert fault.startswith("It is not shell:")


@pytest.mark.parametrize(
    ("shown", "given", "told"),
    [
        ({"a": 1}, {"a": 2}, None),
        ({"a": 1}, {"a": 2, "b": 3}, "the answer has b, which the page does not show"),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, ".a has no c, which the page shows"),
        ({"a": [{"b": 1}]}, {"a": []}, ".a is empty, and the page shows entries"),
        ({"a": "1"}, {"a": 1}, ".a is shown as str and is a number"),
        ({"a": None}, {"a": 1}, None),
    ],
)
def test_an_answer_of_another_shape_is_noticed(shown: object, given: object, told: str | None) -> None:
    assert difference(shown, given) == told


def test_a_failing_command_fails_its_snippet_and_says_what_it_told() -> None:
    terminal = Terminal(REPOSITORY, {"PATH": "/usr/bin:/bin"})
    with pytest.raises(TerminalClosed, match="told it went wrong"):
        terminal.run("echo told it went wrong >&2; false; echo never")
    terminal.close()


def test_what_one_snippet_sets_the_next_one_finds() -> None:
    terminal = Terminal(REPOSITORY, {"PATH": "/usr/bin:/bin"})
    terminal.run("greet() { echo hello $1; }; NAME=world")
    assert terminal.run('greet "$NAME"') == "hello world"
    terminal.close()
