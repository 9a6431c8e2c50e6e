"""A request of which any field differs has another fingerprint, so that no answer of another request is repeated."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.analysis.domain.task_message import MediaReference, TaskMessage, result_key
from cinedex.chat.domain.session import TurnScope
from cinedex.chat.usecases.start_turn import TurnRequest
from cinedex.kernel.span import span
from cinedex.library.domain.segmenting import Chunk
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.domain.ranking.confidence import Threshold
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import Signal
from cinedex.search.usecases.querying.search_request import SearchRequest, Strategy, TextField
from cinedex.timeline.read_timeline import TrackQuery
from pydantic import BaseModel

TURN = TurnRequest(account_id="mine", session_id="s", message="What is drunk?")
SEARCH = SearchRequest(account_id="mine", query="cat")
TRACK = TrackQuery()
MEDIA = MediaReference(bucket="media", key="k", etag="e1")
CHUNK = Chunk(index=0, span=span(0, 9), first_segment=0, segment_count=1)
TASK = TaskMessage(
    task="analyze_chunk", task_token="t", account_id="mine", video_id="v", run_id="r", media=MEDIA, chunk=CHUNK
)

PART_OF_THE_KEY = {"account_id", "session_id", "idempotency_key"}
"""Of an idempotency record, whose key has them beside the fingerprint."""
SAME_LIST = {"page_limit", "page_token", "include_report"}
"""Of a search: they select what is shown of a list that stays the same."""
SAME_RESULT = {"schema_version", "task_token", "run_id", "task", "options", "cost"}
"""Of a task: which run asks, and how long the task may take. The step and the options are arguments of `result_key`."""

TURN_FIELDS: dict[str, Any] = {"message": "Who is drunk?"}
SCOPE_FIELDS: dict[str, Any] = {"collection_ids": ("c1",), "prompt_run_ids": ("p1",)}
SEARCH_FIELDS: dict[str, Any] = {
    "account_id": "yours",
    "query": "cats",
    "strategy": Strategy.TEXT,
    "fields": (TextField.CAPTIONS,),
    "scope": SearchFilter(video_ids=("v",)),
    "threshold": next(t for t in Threshold if t is not SEARCH.threshold),
    "signals": (Signal.WORDS,),
    "fusion": Fusion.RRF,
    "rerank": True,
    "parse_query": False,
    "rewrite": True,
    "group": False,
}
TASK_FIELDS: dict[str, Any] = {
    "account_id": "yours",
    "video_id": "w",
    "scope": "r",
    "media": MEDIA.model_copy(update={"etag": "e2"}),
    "chunk": CHUNK.model_copy(update={"span": span(0, 8)}),
    "inputs": {"plan": "p2"},
}


def changed(model: BaseModel, name: str, value: Any) -> Any:
    assert getattr(model, name) != value
    return model.model_copy(update={name: value})


def test_each_field_is_listed_here() -> None:
    assert set(TurnRequest.model_fields) == {*TURN_FIELDS, "scope", *PART_OF_THE_KEY}
    assert set(TurnScope.model_fields) == set(SCOPE_FIELDS)
    assert set(SearchRequest.model_fields) == {*SEARCH_FIELDS, *SAME_LIST}
    assert set(TaskMessage.model_fields) == {*TASK_FIELDS, *SAME_RESULT}
    assert set(TrackQuery.model_fields) == {"start_s", "end_s", "page_limit", "page_token"}


@pytest.mark.parametrize("name", TURN_FIELDS)
def test_a_turn_with_another_message_is_another_request(name: str) -> None:
    assert changed(TURN, name, TURN_FIELDS[name]).fingerprint != TURN.fingerprint


@pytest.mark.parametrize("name", SCOPE_FIELDS)
def test_a_turn_with_another_scope_is_another_request(name: str) -> None:
    scope = changed(TURN.scope, name, SCOPE_FIELDS[name])
    assert changed(TURN, "scope", scope).fingerprint != TURN.fingerprint


def test_an_id_in_another_list_of_the_scope_makes_another_request() -> None:
    scopes = [TurnScope(collection_ids=("x",)), TurnScope(prompt_run_ids=("x",)), TurnScope(collection_ids=("x", "y"))]
    assert len({TURN.model_copy(update={"scope": scope}).fingerprint for scope in scopes}) == 3


def test_the_order_of_the_ids_of_a_scope_has_no_meaning() -> None:
    one, other = (TURN.model_copy(update={"scope": TurnScope(collection_ids=ids)}) for ids in (("a", "b"), ("b", "a")))
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("name", SEARCH_FIELDS)
def test_a_search_in_which_any_field_differs_has_a_list_of_its_own(name: str) -> None:
    assert changed(SEARCH, name, SEARCH_FIELDS[name]).fingerprint != SEARCH.fingerprint


@pytest.mark.parametrize(("name", "value"), [("page_limit", 3), ("page_token", "t"), ("include_report", True)])
def test_every_page_of_a_search_is_of_the_same_list(name: str, value: Any) -> None:
    assert changed(SEARCH, name, value).fingerprint == SEARCH.fingerprint


@pytest.mark.parametrize(("name", "value"), [("start_s", 0.0), ("start_s", 1.0), ("end_s", 5.0)])
def test_a_range_of_a_track_has_tokens_of_its_own(name: str, value: float) -> None:
    assert changed(TRACK, name, value).question("v transcript 1") != TRACK.question("v transcript 1")


@pytest.mark.parametrize("other", ["w transcript 1", "v captions 1", "v transcript 2"])
def test_a_token_belongs_to_its_video_its_track_and_its_generation(other: str) -> None:
    assert TRACK.question(other) != TRACK.question("v transcript 1")


@pytest.mark.parametrize("name", TASK_FIELDS)
def test_a_task_with_another_input_has_a_result_of_its_own(name: str) -> None:
    other = changed(TASK, name, TASK_FIELDS[name])
    assert result_key(other, "objects", {"models": ["m"]}) != result_key(TASK, "objects", {"models": ["m"]})


@pytest.mark.parametrize("options", [{"models": ["n"]}, {"models": ["m"], "threshold": 0.5}, {}])
def test_a_step_with_other_models_or_options_has_a_result_of_its_own(options: dict[str, Any]) -> None:
    assert result_key(TASK, "objects", options) != result_key(TASK, "objects", {"models": ["m"]})


def test_a_result_of_another_step_has_another_key() -> None:
    assert result_key(TASK, "objects", {}) != result_key(TASK, "captions", {})
