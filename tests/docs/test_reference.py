"""The reference chapters list exactly the routes, commands, settings, parameters, weights and faults of the code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from cinedex import settings as package_settings
from cinedex_client import address
from cinedex_client.cli.main import app as program
from pydantic_settings import BaseSettings
from typer.main import get_command

from functions.chat_api import app as chat_api
from functions.chat_stream import app as chat_stream
from functions.library_api import app as library_api
from gpu_tasks import settings as worker_settings
from gpu_tasks.engines.catalog import read_catalog
from local import settings as local_settings
from local.deploy.template import read_template
from tests.docs.pages import REPOSITORY, chapter

ROUTE = re.compile(r"^### ((?:GET|POST|PUT|PATCH|DELETE) /\S+)$", re.MULTILINE)
FIRST_CELL = re.compile(r"^\| `([A-Z][A-Z0-9_]+)`", re.MULTILINE)
TEST_OF_A_FAULT = re.compile(r"\[([^\]]+)\]\(\.\./(tests/[\w/]+\.py)\)")


def routes() -> set[str]:
    documents = (app.openapi()["paths"] for app in (library_api, chat_api, chat_stream))
    operations = chain.from_iterable(paths.items() for paths in documents)
    return {f"{method.upper()} {path}" for path, methods in operations for method in methods}


def commands(group: Any = None, path: str = "cinedex") -> Iterator[str]:
    group = group or get_command(program)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def settings() -> dict[str, Any]:
    """Every variable with its default; `...` when it has none."""
    modules = (package_settings, worker_settings, local_settings, address)
    classes = {c for module in modules for c in vars(module).values() if _is_settings(c)}
    return {_variable(c, name): field for c in classes for name, field in c.model_fields.items()}


def _is_settings(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseSettings) and value is not BaseSettings


def _variable(kind: type[BaseSettings], name: str) -> str:
    alias = kind.model_fields[name].validation_alias
    return str(alias) if alias else f"{kind.model_config.get('env_prefix', '')}{name}".upper()


def test_the_http_chapter_has_exactly_the_routes_of_the_applications() -> None:
    assert set(ROUTE.findall(chapter(3))) == routes()


def test_the_command_line_chapter_has_every_command() -> None:
    assert [command for command in commands() if f"`{command}`" not in chapter(4)] == []


def test_the_settings_chapter_has_exactly_the_settings_of_the_code() -> None:
    tables = chapter(10).split("## Variables of other libraries")[0]
    assert set(FIRST_CELL.findall(tables)) == set(settings())


@pytest.mark.parametrize(("variable", "field"), sorted(settings().items()), ids=sorted(settings()))
def test_the_settings_chapter_marks_required_variables(variable: str, field: Any) -> None:
    (row,) = [line for line in chapter(10).splitlines() if line.startswith(f"| `{variable}`")]
    assert ("| required |" in row) is field.is_required()


def test_the_deploy_chapter_has_exactly_the_parameters_of_the_template() -> None:
    rows = chapter(8).split("## Parameters")[1].split("##")[0]
    template = read_template(REPOSITORY / "template.yaml")
    assert set(re.findall(r"^\| `(\w+)`", rows, re.MULTILINE)) == set(template["Parameters"])


def test_the_models_chapter_names_every_package_that_carries_a_weight() -> None:
    packages = {weight.package for weight in read_catalog().weights.values() if weight.package}
    assert [package for package in packages if f"`{package}`" not in chapter(5)] == []


def test_the_fault_table_names_only_tests_that_exist() -> None:
    links = TEST_OF_A_FAULT.findall(chapter(7))
    assert len(links) > 20
    assert [sentence for sentence, path in links if not _is_a_test(sentence, path)] == []


def test_the_fault_table_has_every_fault_once() -> None:
    numbers = [int(row) for row in re.findall(r"^\| (\d+) \|", chapter(7), re.MULTILINE)]
    assert len(numbers) >= 28
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_page_holds_the_path_of_the_checkout() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", ".ci"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    home = str(REPOSITORY)
    assert [path for path in tracked if home in (REPOSITORY / path).read_text(encoding="utf-8")] == []


def _is_a_test(sentence: str, path: str) -> bool:
    file = REPOSITORY / path
    return file.is_file() and f"def test_{sentence.replace(' ', '_')}(" in file.read_text(encoding="utf-8")


def test_the_conformance_table_has_all_endpoints_and_names_only_tests_that_exist() -> None:
    page = (REPOSITORY / "docs/reka-conformance.md").read_text(encoding="utf-8").split("| # |")[1]
    assert [int(row) for row in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == list(range(1, 26))
    assert [sentence for sentence, path in TEST_OF_A_FAULT.findall(page) if not _is_a_test(sentence, path)] == []
