"""The whole product with an OpenAI-compatible server behind it, on the sample clip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cinedex_client import Client, Connection

from local.settings import REPOSITORY
from local.stack import running_stack
from tests.support.model_server import read_dialogue, replay_server, saying
from tests.support.stack_with_demo_clip import QUESTION, StackWithDemoClip, add_demo_clip

OTHER_WORDS = json.dumps({"paraphrase": "A cat looks into the camera.", "synonyms": {"moggy": ["cat"]}})
SECRET = "sk-secret-of-the-model"
DIALOGUES = REPOSITORY / "tests/contract/language_models/dialogues"


@pytest.fixture(scope="module")
def demo_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackWithDemoClip]:
    turn = read_dialogue(DIALOGUES / "llama_cpp" / "whole_turn.jsonl")
    with replay_server([saying(OTHER_WORDS), *turn * 2]) as model, pytest.MonkeyPatch.context() as environment:
        environment.setenv("LANGUAGE_MODEL", "openai")
        environment.setenv("LANGUAGE_MODEL_ID", "a-model")
        environment.setenv("OPENAI_BASE_URL", f"{model.url}/v1")
        environment.setenv("OPENAI_API_KEY", SECRET)
        environment.setenv("SEARCH_REWRITE", "on_request")
        with (
            running_stack(tmp_path_factory.mktemp("home")) as stack,
            Client(Connection(stack.url, stack.api_key or "")) as library,
        ):
            yield StackWithDemoClip(stack, add_demo_clip(library), stack.api_key or "", model)


def test_a_search_finds_by_other_words_of_the_model_when_it_asks_for_them(demo_stack: StackWithDemoClip) -> None:
    def search(**fields: object) -> dict[str, Any]:
        body = {"query": "moggy", "video_ids": [demo_stack.video_id], "group": False, **fields}
        url, headers = f"{demo_stack.stack.url}/v2/search", {"x-api-key": str(demo_stack.stack.api_key)}
        response: dict[str, Any] = httpx.post(url, json=body, headers=headers, timeout=60).json()
        return response

    plain, rewritten = search(), search(rewrite=True)
    assert plain["parsed_query"]["rewrite"] is None
    assert rewritten["parsed_query"]["rewrite"]["status"] == "rewritten"
    assert "<em>cat</em>" in str(rewritten["data"][0]["highlights"])
    best = {hit["start"]: hit["score"] for hit in rewritten["data"]}
    assert all(best[hit["start"]] >= hit["score"] for hit in plain["data"])


def test_a_language_model_answers_over_http_from_retrieved_evidence(demo_stack: StackWithDemoClip) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}], "context": [{"video_id": demo_stack.video_id}]}
    answer = httpx.post(
        f"{demo_stack.stack.url}/v2/chat", json=body, headers={"x-api-key": demo_stack.key}, timeout=60
    ).json()
    assert answer["model"] == "a-model"
    assert answer["response"].startswith("The cat is called Chelsea [1].")
    # The second sentence of the dialogue is dropped if its result is not about a cat in view.
    assert answer["confident"] is not answer["degraded"]
    assert "Chelsea" in answer["citations"][0]["quote"]
    assert all(
        0 <= c["start"] <= c["end"] <= 52.4 and c["video_id"] == demo_stack.video_id for c in answer["citations"]
    )
    assert demo_stack.model is not None
    assert demo_stack.model.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert "moggy" in str(demo_stack.model.requests[0]["messages"])
    assert "Chelsea" in str(demo_stack.model.requests[2]["messages"])


def test_the_key_of_the_model_is_in_no_file_and_no_answer_of_the_emulator(demo_stack: StackWithDemoClip) -> None:
    stack = demo_stack.stack
    files = [path for path in stack.home.root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    described = [stack.emulator.functions.get_function(FunctionName=n) for n in stack.deployment.functions.values()]
    stacks = stack.emulator.cloudformation.describe_stacks()
    assert files == []
    assert SECRET not in str(described) + str(stacks)


def test_a_language_model_is_streamed_sentence_by_sentence(demo_stack: StackWithDemoClip) -> None:
    _, events = demo_stack.stream(QUESTION)
    deltas = [event["delta"] for event in events if event["type"] == "answer_delta"]
    assert "".join(deltas) == events[-1]["response"]
    assert events[-1]["type"] == "turn_completed"
    assert len(deltas) == 2
