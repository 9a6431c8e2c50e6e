"""How a snippet is run: shell in the page's terminal, Python in its namespace, JSON compared with the last answer.

A snippet under a comment `<!-- not run: reason -->` is looked over instead: see `commands.py`.
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
    """What the page gives as the reason; None when the snippet is to be run."""
    marked = _NOT_RUN.search(example.document.text[: example.region.start])
    return marked["reason"] if marked else None


def run_in_terminal(example: Example) -> None:
    terminal: Terminal = example.namespace["terminal"]
    example.namespace["answered"] = terminal.run(example.parsed)


def compare_with_answer(example: Example) -> str | None:
    """A block of JSON right after a call shows its answer; elsewhere it has to be JSON and no more."""
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
