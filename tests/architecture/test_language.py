"""Docstrings, comments, messages, names of tests, OpenAPI texts, the template and docs are plain technical English."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.architecture.tree import files, parsed, statements
from tests.support.template import REPOSITORY

BANNED = {
    r"\b(nobody|somebody|whoever)\b|(^|[.:;] )(?-i:Whatever) ": "name the client, the user, the worker or the process",
    r"\banew\b": "again, new",
    r"\bmend(s|ed|ing)?\b": "fix, repair",
    r"(^|[.:;] )(?-i:Who)(se|ever)? (?![^.]*\?)": "a sentence says who does what: subject, verb, object",
    r"\bwho (asks|waits|wants|listens|follows) (gets?|has|is)\b": "a sentence says who does what",
    r"\b(told|let out|let in|takes? in)\b": "say, report, return, request, emit, authenticate, index",
    r"\belse (a|an|the|it|they|each|what|one|this)\b": "otherwise; without this, …",
    r"\b(in the words of|it is so|as it is so|(says?|said) so)\b": "write the fact itself",
    r"\b(front )?doors?\b|\b(bells?|belts?|teller|shelf|shelves|screenplays?|houses?)\b": "use the term of the field",
    r"\b(look(s|ed|ing)? into|looked? again at|tak(e|es|en|ing) up|taken? over)\b": "probe, read, resume, reassign",
    r"\b(faults? of ours|of ours|hand(s|ed)? over)\b": "internal error; our; pass",
    r"\b(goes|go|going|went|gone) on\b": "continue, resume",
    r"\b(side by side|by turns|at hand|in hand)\b": "in parallel, next to each other, alternating, available",
}
"""Pattern, in any case -> what to write instead."""

BANNED_IN_NAMES = re.compile(
    r"told|nobody|somebody|whoever|anew|mend(s|ed|ing)?|cinema|teller|bells?|belts?|doors?|houses?|shelf|shelves"
)
"""Words that no identifier of the tests contains."""

EXEMPT = {
    "tests/architecture/test_language.py",
    "CHANGELOG.md",  # the entries of released versions do not change
}
VOCABULARIES = ("layers/core/cinedex/search/domain/query/", "layers/core/cinedex/kernel/text/")
"""Modules whose strings are words of queries; only their docstrings and comments are prose."""
CODE_FOLDERS = ("benchmarks/", "clients/", "functions/", "gpu_tasks/", "layers/", "local/", "requirements/", "tools/")
PROSE = re.compile(r"(README|CONTRIBUTING|docs/.*|[\w/]*README)\.md|clients/python/.*\.md")
YAML = ("template.yaml", "statemachines/analyze_video.asl.yaml", "samconfig.toml", "pyproject.toml", "Makefile")
OPENAPI = "layers/core/cinedex/api/openapi.json"
OPENAPI_TEXTS = ("description", "summary", "title")
NOT_PROSE = re.compile(r"\[[^\]]*\]\((\.\./)*tests/[^)]*\)|`[^`]*`|\]\([^)]*\)|<!--.*?-->|“[^”]*”|\"[^\"\n]*\"", re.S)
"""Links to tests, code, targets of links, comments, and examples in quotation marks."""


class Text(NamedTuple):
    path: str
    line: int
    text: str


def python_texts(path: str) -> Iterator[Text]:
    """Docstrings, comments, and string literals with a space in them."""
    strings = _docstrings(path) if path.startswith(VOCABULARIES) else ast.walk(parsed(path))
    for node in strings:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield Text(path, node.lineno, re.sub(r"`[^`]*`", "", node.value))
    yield from comments(path)


def comments(path: str) -> Iterator[Text]:
    """Files without the sign are not tokenised, which takes most of the time."""
    if "#" not in (REPOSITORY / path).read_text(encoding="utf-8"):
        return
    for token in tokens(path):
        if token.type == tokenize.COMMENT:
            yield Text(path, token.start[0], token.string.lstrip("# "))


def tokens(path: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO((REPOSITORY / path).read_text(encoding="utf-8")).readline)


def texts_of_test(path: str) -> Iterator[Text]:
    """Docstrings, comments, and names of functions and classes. Other strings of a test are its data."""
    for node in statements(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield Text(path, node.lineno, node.name.replace("_", " "))
    for docstring in _docstrings(path):
        if isinstance(docstring, ast.Constant) and isinstance(docstring.value, str):
            yield Text(path, docstring.lineno, re.sub(r"`[^`]*`", "", docstring.value))
    yield from comments(path)


def _docstrings(path: str) -> Iterator[ast.AST]:
    """String statements: docstrings of modules, classes and functions, and those below constants."""
    return (node.value for node in statements(parsed(path)) if isinstance(node, ast.Expr))


def markdown_texts(path: str) -> Iterator[Text]:
    """Paragraphs and rows of tables, and the comments of snippets."""
    source = (REPOSITORY / path).read_text(encoding="utf-8")
    prose = re.sub(r"^```[^\n]*\n.*?^```$", lambda fence: _comments(fence[0]), source, flags=re.M | re.S)
    line = 1
    for paragraph in re.split(r"(\n\s*\n|\n(?=\|))", prose):
        yield Text(path, line, NOT_PROSE.sub(" ", paragraph))
        line += paragraph.count("\n")


def _comments(fence: str) -> str:
    """The lines of a snippet, each cut down to its comment."""
    return "\n".join(line.partition("# ")[2] for line in fence.splitlines())


def yaml_texts(path: str) -> Iterator[Text]:
    for number, line in enumerate((REPOSITORY / path).read_text(encoding="utf-8").splitlines(), 1):
        yield Text(path, number, re.sub(r"`[^`]*`", "", line))


def openapi_texts() -> Iterator[Text]:
    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in OPENAPI_TEXTS and isinstance(value, str):
                    yield value
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    document = json.loads((REPOSITORY / OPENAPI).read_text(encoding="utf-8"))
    yield from (Text(OPENAPI, 0, text) for text in walk(document))


@cache
def texts() -> tuple[Text, ...]:
    return tuple(_texts())


def _texts() -> Iterator[Text]:
    for path in files():
        if path in EXEMPT or (REPOSITORY / path).is_symlink():
            continue
        if path.endswith(".py") and path.startswith(CODE_FOLDERS):
            yield from python_texts(path)
        elif path.endswith(".py") and path.startswith("tests/"):
            yield from texts_of_test(path)
        elif PROSE.fullmatch(path):
            yield from markdown_texts(path)
        elif path in YAML:
            yield from yaml_texts(path)
    yield from openapi_texts()


@pytest.mark.parametrize("pattern", BANNED)
def test_prose_uses_the_terms_of_the_field(pattern: str) -> None:
    banned = re.compile(pattern, re.M | re.I)
    matches = [f"{t.path}:{t.line}: {' '.join(t.text.split())[:110]}" for t in texts() if banned.search(t.text)]
    assert matches == [], f"write instead: {BANNED[pattern]}"


def test_identifiers_of_tests_use_the_terms_of_the_field() -> None:
    paths = [p for p in files() if p.startswith("tests/") and p.endswith(".py") and p not in EXEMPT]
    names = {(path, token.string) for path in paths for token in tokens(path) if token.type == tokenize.NAME}
    banned = [f"{path}: {name}" for path, name in sorted(names) if _is_banned(name)]
    assert banned == []


def _is_banned(name: str) -> bool:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return any(BANNED_IN_NAMES.fullmatch(word) for word in words)


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody answers here.",
        "A store that fails. Who asks gets the rest.",
        "The client is told.",
        "Else a server waits.",
        "The analysis goes on.",
        "A sentence is let\nout.",
        "The front door counts requests.",
    ],
)
def test_the_patterns_match_the_sentences_that_they_ban(sentence: str) -> None:
    assert any(re.search(pattern, " ".join(sentence.split()), re.M | re.I) for pattern in BANNED)


@pytest.mark.parametrize(
    "sentence", ["Who was the first woman in space?", "A user who waits.", "The totals are right."]
)
def test_the_patterns_do_not_match_plain_sentences(sentence: str) -> None:
    assert not any(re.search(pattern, sentence, re.M | re.I) for pattern in BANNED)


def test_every_kind_of_text_is_searched() -> None:
    paths = {text.path for text in texts()}
    assert {"README.md", "template.yaml", OPENAPI, "local/stack.py", "docs/07-faults.md", "tests/conftest.py"} <= paths
