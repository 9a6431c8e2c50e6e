"""Each dialect has an entry for every error of the domain and for every field that an error can name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from cinedex.api.dialect import Dialect
from cinedex.api.dialects import DIALECTS, dialect_of
from cinedex.api.reka.dialect import REKA
from cinedex.api.reka.turn_events import ERROR_CODES as REKA_TURN_CODES
from cinedex.api.videovector.dialect import VIDEOVECTOR
from cinedex.api.videovector.turn_errors import ERROR_CODES as VIDEOVECTOR_TURN_CODES
from cinedex.chat.domain.session import TurnErrorCode
from cinedex.kernel import errors
from cinedex.library.domain.feature import Feature

from tests.support.memory.scenario import NOON

PACKAGE = Path(errors.__file__).parents[1]


def subclasses(kind: type[errors.CinedexError]) -> Iterator[type[errors.CinedexError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from subclasses(child)


WIRE_ONLY = {"group_id", "group_ids", "index_id", "index_ids"}
READS_OLD_TURNS = "chat/domain/session.py"


def modules_outside_of_the_api() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "api"]


def names_in(module: Path) -> Iterator[str]:
    """Identifiers and text constants, without docstrings."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(text)) if " " not in text:
                yield text


def fields_in(module: Path) -> Iterator[str]:
    """Constants given as `field=`, or to `parse_id`, which raises an error with that field."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "field" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "parse_id":
            yield from (str(a.value) for a in node.args[1:] if isinstance(a, ast.Constant))


DOMAIN_FIELDS = sorted(
    {name for path in modules_outside_of_the_api() for name in fields_in(path)}
    | {kind.id_field for kind in subclasses(errors.EntityNotFound)}
)
CASES = [
    (errors.InvalidInput("x"), 400, 422),
    (errors.VideoNotFound(), 404, 404),
    (errors.AnalysisFailed("x"), 500, 500),
]


def test_the_fields_are_collected_from_the_whole_package() -> None:
    assert {"collection_id", "idempotency_key", "page_token", "query", "size_bytes"} <= set(DOMAIN_FIELDS)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.path_prefix)
@pytest.mark.parametrize("field", DOMAIN_FIELDS)
def test_every_field_of_the_domain_has_a_wire_name(dialect: Dialect, field: str) -> None:
    assert dialect.fields[field]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.path_prefix)
def test_no_field_is_listed_that_the_domain_does_not_use(dialect: Dialect) -> None:
    assert set(dialect.fields) - set(DOMAIN_FIELDS) == {feature.value for feature in Feature}


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.path_prefix)
@pytest.mark.parametrize("kind", list(subclasses(errors.CinedexError)), ids=lambda k: k.__name__)
def test_every_error_of_the_domain_has_a_status_and_a_code(dialect: Dialect, kind: type[errors.CinedexError]) -> None:
    specific = [k for k in kind.__mro__ if k in dialect.codes and k is not errors.CinedexError]
    assert specific, f"{kind.__name__} would be reported as an internal error"


@pytest.mark.parametrize(("error", "reka", "videovector"), CASES, ids=lambda v: type(v).__name__)
def test_a_status_belongs_to_the_dialect(error: errors.CinedexError, reka: int, videovector: int) -> None:
    assert (REKA.domain_error(error).status, VIDEOVECTOR.domain_error(error).status) == (reka, videovector)


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/v2/videos", REKA),
        ("/health", REKA),
        ("/api/v2", VIDEOVECTOR),
        ("/api/v2/chat/sessions", VIDEOVECTOR),
        ("/api/v20", REKA),
    ],
)
def test_the_prefix_of_a_path_chooses_the_dialect(path: str, dialect: Dialect) -> None:
    assert dialect_of(path) is dialect


def test_one_collection_has_the_name_that_each_dialect_gives_it() -> None:
    missing, taken = errors.CollectionNotFound("c1"), errors.CollectionNameTaken("Trips {x}")
    reka, videovector = REKA.domain_error(missing), VIDEOVECTOR.domain_error(missing)
    assert (reka.message, reka.field) == ("No such video group: c1", "group_id")
    assert (videovector.message, videovector.field) == ("No such index: c1", "index_id")
    assert videovector.code == "resource_index_not_found"
    assert REKA.domain_error(taken).message == "A video group named 'Trips {x}' already exists."


def test_a_used_up_budget_has_its_own_code_and_reset_time() -> None:
    error = errors.TurnBudgetExceeded("x", retry_after_s=7, resets_at=NOON)
    wire = VIDEOVECTOR.domain_error(error)
    body = VIDEOVECTOR.body(wire, "r1")["error"]
    assert (body["code"], body["request_id"]) == ("llm_user_budget_exceeded", "r1")
    assert list(body["details"]) == ["reset_time"]


@pytest.mark.parametrize("codes", [REKA_TURN_CODES, VIDEOVECTOR_TURN_CODES])
def test_every_error_of_a_turn_has_a_code(codes: dict[TurnErrorCode, str]) -> None:
    assert set(codes) == set(TurnErrorCode)


def test_only_the_api_uses_the_wire_names_of_a_dialect() -> None:
    """`chat.domain.session` reads turns that were stored with a wire name."""
    used = {str(path.relative_to(PACKAGE)): WIRE_ONLY & set(names_in(path)) for path in modules_outside_of_the_api()}
    assert {module: names for module, names in used.items() if names} == {READS_OLD_TURNS: {"index_ids"}}


def test_only_the_api_names_a_dialect() -> None:
    used = {
        str(path.relative_to(PACKAGE))
        for path in modules_outside_of_the_api()
        for name in names_in(path)
        if "reka" in name.lower() or "videovector" in name.lower()
    }
    assert used == set()
