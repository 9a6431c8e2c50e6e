"""Every event file is used, and what we publish keeps to the schema beside it."""

from __future__ import annotations

import json
import re

import pytest
from cinedex.analysis.domain.task_message import TaskMessage, TaskResult
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from tests.support.golden import EVENTS, published
from tests.support.published_events import PUBLISHED_EVENTS, TYPES
from tests.support.template import REPOSITORY, analyze_video, states

SCHEMAS: dict[str, type[BaseModel]] = {
    "task_message.v1": TaskMessage,
    "task_result.v1": TaskResult,
    **{f"{name}.v1": model for name, model in PUBLISHED_EVENTS.items()},
}
EXAMPLES = sorted(p.stem for p in (EVENTS / "published").glob("*.json") if not p.stem.endswith(".schema"))
FILES = sorted((EVENTS / "received").glob("*.json"))


def validator(name: str) -> Draft202012Validator:
    schema = published(f"{name}.schema")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_published_schema_says_what_the_code_does(name: str) -> None:
    expected = {"$schema": Draft202012Validator.META_SCHEMA["$id"], **SCHEMAS[name].model_json_schema()}
    assert published(f"{name}.schema") == expected


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_published_example_keeps_to_its_schema_and_is_understood(example: str) -> None:
    name = ".".join(example.split(".")[:2])
    validator(name).validate(published(example))
    assert isinstance(SCHEMAS[name].model_validate(published(example)), SCHEMAS[name])


def test_each_event_that_leaves_the_product_has_its_example() -> None:
    examples = [published(example) for example in EXAMPLES if example.split(".")[0] in PUBLISHED_EVENTS]
    assert [example["event_type"] for example in examples] == [TYPES[name] for name in sorted(PUBLISHED_EVENTS)]


def test_each_task_has_its_example() -> None:
    tasks = {published(e)["task"] for e in EXAMPLES if e.startswith("task_message")}
    assert tasks == set(published("task_message.v1.schema")["properties"]["task"]["enum"])


def messages() -> dict[str, dict[str, object]]:
    return {
        name: state["Arguments"]["MessageBody"]
        for name, state in states(analyze_video())
        if "sqs:sendMessage" in state.get("Resource", "")
    }


@pytest.mark.parametrize("state", messages())
def test_a_state_sends_the_fields_of_the_schema_and_no_others(state: str) -> None:
    schema, message = published("task_message.v1.schema"), messages()[state]
    assert set(schema["required"]) <= set(message) <= set(schema["properties"])
    assert message["schema_version"] == schema["properties"]["schema_version"]["const"]
    assert message["task"] in schema["properties"]["task"]["enum"]


@pytest.mark.parametrize("change", [{"schema_version": 2}, {"task": "x"}, {"media": {}}, {"chunk": 3}])
def test_the_schema_refuses_what_the_code_refuses(change: dict[str, object]) -> None:
    assert not validator("task_message.v1").is_valid(published("task_message.v1.analyze_chunk") | change)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_received_event_is_loaded_by_a_test_of_its_function(file: object) -> None:
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (REPOSITORY / "tests").rglob("*.py"))
    stem = file.stem  # type: ignore[attr-defined]
    assert re.search(rf'received\("{re.escape(stem)}"\)', tests) or f'"{stem}",' in tests


def test_every_event_file_is_json_as_we_write_it() -> None:
    for path in EVENTS.rglob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert path.read_text(encoding="utf-8") == json.dumps(document, indent=2, ensure_ascii=False) + "\n", path.name
