"""Every line knows its room: sizes, names, and what may be said where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from statistics import median

from tests.architecture.tree import PRODUCT, files, functions, parsed, python_files, text_files
from tests.support.template import REPOSITORY

FILE_LINES_MAX = 250

FUNCTION_LINES_MAX = 40
FUNCTION_LINES_MEDIAN_MAX = 10
BANNED_ROOMS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "stuff", "shared", "lib"}

OUTERMOST = {
    "layers/core/cinedex/api/reka/chat_stream.py",  # the response has begun: nobody above can tell the client
    "gpu_tasks/worker.py",  # whatever goes wrong in a task becomes its failure
    "layers/core/cinedex/api/middleware.py",  # surprises leave in the envelope
    "layers/core/cinedex/adapters/threads/turn_executor.py",  # whatever goes wrong in a turn becomes its end
    "local/emulator/autosave.py",  # the thread that saves must not die silently
    "local/gateway/app.py",  # surprises leave in the envelope
}
READS_ENVIRONMENT = {
    "gpu_tasks/engines/thread_budget.py",  # OpenMP can be told in no other way
    "layers/core/cinedex/adapters/pyav/media_probe.py",  # a child inherits what its parent has
}
_SENTENCE = re.compile(r"[^\n].*?[.:?!](\n\n|$)", re.S)

CODE = python_files(*PRODUCT, "benchmarks")
EVERYTHING = python_files(*PRODUCT, "benchmarks", "tests")


def test_a_file_is_short_enough_to_be_read() -> None:
    lengths = {path: len((REPOSITORY / path).read_text().splitlines()) for path in CODE}
    assert {p: n for p, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_no_function_is_too_long_to_be_read_at_once() -> None:
    too_long = [f for path in CODE for f in functions(path) if f.lines > FUNCTION_LINES_MAX]
    assert too_long == []


def test_most_functions_are_read_at_a_glance() -> None:
    assert median(f.lines for path in CODE for f in functions(path)) < FUNCTION_LINES_MEDIAN_MAX


def test_a_module_says_in_a_sentence_what_it_is_for() -> None:
    told = {path: ast.get_docstring(parsed(path)) or "" for path in EVERYTHING if parsed(path).body}
    assert {path: text for path, text in told.items() if not _SENTENCE.match(text)} == {}


def test_no_room_is_named_after_nothing() -> None:
    rooms = {part.removesuffix(".py") for path in files() for part in path.split("/")}
    assert rooms & BANNED_ROOMS == set()


def broad_handlers(path: str) -> Iterator[int]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ExceptHandler):
            names = [n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)] if node.type else ["BaseException"]
            if {"Exception", "BaseException"} & set(names):
                yield node.lineno


def test_only_the_outermost_loop_of_a_process_catches_everything() -> None:
    catching = {path for path in CODE if list(broad_handlers(path))}
    assert catching <= OUTERMOST


def test_no_exemption_has_outlived_its_reason() -> None:
    assert {path for path in OUTERMOST if list(broad_handlers(path))} == OUTERMOST
    assert {path for path in READS_ENVIRONMENT if reads_environment(path)} == READS_ENVIRONMENT


def reads_environment(path: str) -> bool:
    found = (n for n in ast.walk(parsed(path)) if isinstance(n, ast.Attribute))
    return any(n.attr in ("environ", "getenv", "environb") for n in found)


def test_the_environment_is_read_by_settings_only() -> None:
    readers = {p for p in python_files("functions", "gpu_tasks", "layers") if reads_environment(p)}
    assert readers <= READS_ENVIRONMENT


def test_tests_are_sentences() -> None:
    named = {f.name for path in python_files("tests") for f in functions(path) if f.name.startswith("test_")}
    assert sorted(n for n in named if n.count("_") < 3) == []


def test_nothing_is_left_to_be_done() -> None:
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert [
        path for path, text in text_files() if path.endswith((".py", ".yaml", ".toml", ".sh")) and mark.search(text)
    ] == []


def test_nothing_names_a_place_on_one_machine() -> None:
    place = re.compile(r"(?<![\w.$}*/-])/(work|root|Users)/\w|(?<![\w.$}*/-])/home/(?!me\b)\w")
    named = [path for path, text in text_files() if place.search(text) or str(REPOSITORY) in text]
    assert named == []


def test_nothing_names_the_host_of_a_package_registry() -> None:
    host = re.compile(
        r"pypi\.(o)rg|pypi\.(p)ython|python(h)osted|npm(j)s\.(org|com)|(extra-)?index-url|://[^\s/]*(artifactory|nexus)",
        re.I,
    )
    named = [path for path, text in text_files() if host.search(text) and path != "tests/architecture/test_code.py"]
    assert named == []
