"""Runs a snippet: shell in the shell of the page, Python in its namespace; JSON is compared with the last response.

A snippet after a comment `<!-- not run: reason -->` is only checked: see `commands.py`.
"""

from __future__ import annotations

import json
import re

from sybil import Example
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from tests.docs.shapes import difference
from tests.docs.terminal import Terminal

_NOT_RUN = re.compile(r"<!-- not run: (?P<reason>[^>]+) -->\n\Z")


def reason_not_to_run(example: Example) -> str | None:
    """The reason that the page states; None for a snippet that is run."""
    marked = _NOT_RUN.search(example.document.text[: example.region.start])
    return marked["reason"] if marked else None


def run_in_terminal(example: Example) -> None:
    terminal: Terminal = example.namespace["terminal"]
    example.namespace["answered"] = terminal.run(example.parsed)


def compare_with_answer(example: Example) -> str | None:
    """Compares JSON after a call with the response of the call; JSON elsewhere only has to be valid."""
    shown = json.loads(example.parsed)
    answered = example.namespace.pop("answered", None) if _follows_a_call(example) else None
    return None if answered is None else difference(shown, json.loads(answered))


def _follows_a_call(example: Example) -> bool:
    before = example.document.text[: example.region.start].rstrip()
    opening = before[: before.rfind("```")].rfind("```") if before.endswith("```") else -1
    return opening >= 0 and before[opening:].startswith("```sh")


PARSERS = (
    CodeBlockParser("sh", run_in_terminal),
    CodeBlockParser("json", compare_with_answer),
    PythonCodeBlockParser(),
)
