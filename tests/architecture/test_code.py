"""Sizes of files and functions, names, broad exception handlers, reads of the environment."""

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
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "stuff", "shared", "lib"}

OUTERMOST = {
    "functions/on_drop_created.py",  # a message that fails is logged, and delivered again without the others
    "functions/sweep_deletions.py",  # a part that fails is logged, and raised again after the other parts
    "layers/core/cinedex/observability.py",  # a failed invocation is logged and counted, and raised again
    "gpu_tasks/task_threads.py",  # an exception in a thread of the worker is logged and ends the process
    "gpu_tasks/task_runner.py",  # an exception in a task becomes the failure of the task
    "layers/core/cinedex/api/middleware.py",  # an unexpected exception becomes a 500 in the format of the API
    "layers/core/cinedex/adapters/threads/turn_executor.py",  # an exception in a turn becomes its last event
    "local/emulator/autosave.py",  # logs an exception before the saving thread ends
    "local/functions/runtime.py",  # an exception of an imported module is reported to the owner of the process
    "local/gateway/app.py",  # an unexpected exception becomes a 500 in the format of the API
}
READS_ENVIRONMENT = {
    "gpu_tasks/engines/thread_budget.py",  # OpenMP has no other setting
    "layers/core/cinedex/adapters/pyav/media_probe.py",  # the child gets a copy of the environment
}
_SENTENCE = re.compile(r"[^\n].*?[.:?!](\n\n|$)", re.S)

CODE = python_files(*PRODUCT, "benchmarks")
CODE_AND_TESTS = python_files(*PRODUCT, "benchmarks", "tests")


def test_no_file_exceeds_the_maximum_length() -> None:
    lengths = {path: len((REPOSITORY / path).read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {p: n for p, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_no_function_exceeds_the_maximum_length() -> None:
    too_long = [f for path in CODE for f in functions(path) if f.lines > FUNCTION_LINES_MAX]
    assert too_long == []


def test_the_median_function_is_short() -> None:
    assert median(f.lines for path in CODE for f in functions(path)) < FUNCTION_LINES_MEDIAN_MAX


def test_every_module_has_a_docstring_of_a_sentence() -> None:
    docstrings = {path: ast.get_docstring(parsed(path)) or "" for path in CODE_AND_TESTS if parsed(path).body}
    assert {path: text for path, text in docstrings.items() if not _SENTENCE.match(text)} == {}


def test_no_folder_or_file_has_a_name_without_meaning() -> None:
    names = {part.removesuffix(".py") for path in files() for part in path.split("/")}
    assert names & BANNED_NAMES == set()


def broad_handlers(path: str) -> Iterator[int]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ExceptHandler):
            names = [n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)] if node.type else ["BaseException"]
            if {"Exception", "BaseException"} & set(names):
                yield node.lineno


def test_only_the_outermost_loop_of_a_process_has_a_broad_handler() -> None:
    catching = {path for path in CODE if list(broad_handlers(path))}
    assert catching <= OUTERMOST


def test_every_exemption_is_still_needed() -> None:
    assert {path for path in OUTERMOST if list(broad_handlers(path))} == OUTERMOST
    assert {path for path in READS_ENVIRONMENT if reads_environment(path)} == READS_ENVIRONMENT


def reads_environment(path: str) -> bool:
    attributes = (n.attr for n in ast.walk(parsed(path)) if isinstance(n, ast.Attribute))
    return any(name in ("environ", "getenv", "environb") for name in attributes)


def test_only_settings_read_the_environment() -> None:
    readers = {p for p in python_files("functions", "gpu_tasks", "layers") if reads_environment(p)}
    assert readers <= READS_ENVIRONMENT


def test_no_module_depends_on_the_locale_of_the_machine() -> None:
    """Numbers and letters are those of Python in every locale, unless a module sets the locale of the process."""
    calls = ("setlocale", "strcoll", "strxfrm", "localeconv")
    names = {
        path: {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
        for path in python_files(*PRODUCT)
    }
    assert {path for path, found in names.items() if found & set(calls)} == set()


def test_tests_are_sentences() -> None:
    names = {f.name for path in python_files("tests") for f in functions(path) if f.name.startswith("test_")}
    assert sorted(n for n in names if n.count("_") < 3) == []


def test_no_file_has_a_marker_of_unfinished_work() -> None:
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert [
        path for path, text in text_files() if path.endswith((".py", ".yaml", ".toml", ".sh")) and mark.search(text)
    ] == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    local_path = re.compile(r"(?<![\w.$}*/-])/(work|root|Users)/\w|(?<![\w.$}*/-])/home/(?!me\b)\w")
    matches = [path for path, text in text_files() if local_path.search(text) or str(REPOSITORY) in text]
    assert matches == []


def test_no_file_holds_the_host_of_a_package_registry() -> None:
    host = re.compile(
        r"pypi\.(o)rg|pypi\.(p)ython|python(h)osted|npm(j)s\.(org|com)|(extra-)?index-url|://[^\s/]*(artifactory|nexus)",
        re.I,
    )
    matches = [path for path, text in text_files() if host.search(text) and path != "tests/architecture/test_code.py"]
    assert matches == []
