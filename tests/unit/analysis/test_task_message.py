"""The contract of the queue, and keys of results that name their inputs."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.analysis.domain.task_message import MediaReference, TaskMessage, result_key
from cinedex.kernel.span import span
from cinedex.library.domain.segmenting import Chunk
from pydantic import ValidationError

MESSAGE = TaskMessage(
    task="analyze_chunk",
    task_token="token",
    account_id="a",
    video_id="v",
    run_id="v-c1",
    media=MediaReference(bucket="b", key="k", etag="e"),
    inputs={"plan": "results/plan.json"},
)


def test_unknown_fields_of_a_newer_sender_are_ignored() -> None:
    newer = MESSAGE.model_dump(mode="json") | {"priority": "high"}
    assert TaskMessage.model_validate(newer) == MESSAGE


@pytest.mark.parametrize("change", [{"schema_version": 2}, {"task": "bake_bread"}, {"media": None}])
def test_a_message_of_another_contract_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TaskMessage.model_validate(MESSAGE.model_dump(mode="json") | change)


def test_the_same_inputs_lead_to_the_same_result() -> None:
    again = MESSAGE.model_copy(update={"task_token": "another", "run_id": "v-c2"})
    assert result_key(again, "read_text", {"model": "m@1"}) == result_key(MESSAGE, "read_text", {"model": "m@1"})


CHUNK = {"index": 3, "span": span(10, 20), "first_segment": 1, "segment_count": 2}


@pytest.mark.parametrize(
    "change",
    [
        {"media": MediaReference(bucket="b", key="k", etag="other")},
        {"inputs": {"plan": "results/other.json"}},
        {"scope": "v-c1"},
        {"chunk": CHUNK},
        {"video_id": "w"},
        {"account_id": "b"},
    ],
)
def test_any_other_input_leads_to_another_result(change: dict[str, Any]) -> None:
    changed = TaskMessage.model_validate(MESSAGE.model_dump() | change)
    assert result_key(changed, "read_text", {}) != result_key(MESSAGE, "read_text", {})


def test_another_model_or_option_leads_to_another_result() -> None:
    keys = {result_key(MESSAGE, "read_text", {"model": m, "fps": f}) for m in ("m@1", "m@2") for f in (1, 2)}
    assert len(keys) == 4


def test_a_result_lies_under_its_account_and_video() -> None:
    chunk = TaskMessage.model_validate(MESSAGE.model_dump() | {"chunk": CHUNK})
    assert result_key(chunk, "read_text", {}).startswith("results/a/v/shared/read_text/part-0003-")
    assert result_key(MESSAGE, "read_text", {}).startswith("results/a/v/shared/read_text/whole-")


def test_a_message_queued_by_an_earlier_version_is_read() -> None:
    assert TaskMessage.model_validate(MESSAGE.model_dump(exclude={"chunk"}) | {"part": CHUNK}) == MESSAGE.model_copy(
        update={"chunk": Chunk.model_validate(CHUNK)}
    )


WHOLE = "results/a/v/shared/read_text/whole-a2f54e049cf8611892fcdc21.json"
CHUNKED = "results/a/v/shared/read_text/part-0003-c942e6cabb05f93f7e085024.json"


def test_results_that_are_stored_already_are_found_under_their_keys() -> None:
    chunk = TaskMessage.model_validate(MESSAGE.model_dump() | {"chunk": CHUNK})
    keys = [result_key(m, "read_text", {"models": ["m@1"], "b": 1, "a": 2}) for m in (MESSAGE, chunk)]
    assert keys == [WHOLE, CHUNKED]
