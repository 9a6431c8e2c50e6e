"""A query is rewritten by real adapters before servers that answer well, badly, slowly or not at all."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from cinedex.adapters.model_streams.retry import StreamRetryPolicy
from cinedex.adapters.openai.language_model import OpenAiLanguageModel
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.query.query_rewrite import Rewrite, RewriteStatus
from cinedex.search.usecases.querying.rewrite_query import REPLY_TOKENS_MAX, RewriteQuery

from tests.contract.language_models.conftest import ReplayedModel
from tests.support.memory.access import MemoryTokenBudget, MemoryUsageLedger
from tests.support.memory.scenario import NOON, FakeClock
from tests.support.model_server import ModelServer, Reply, chunk, replay_server, saying

GOOD = json.dumps({"paraphrase": "A rocket rises into the sky.", "synonyms": {"liftoff": ["launch", "takeoff"]}})
SECONDS_MAX = 0.5


CALLED = {"index": 0, "id": "c1", "function": {"name": "delete_video", "arguments": '{"video_id": "all"}'}}
USELESS: dict[str, list[Reply]] = {
    "garbage": [Reply(200, {}, ["<html>It works!</html>\n\n"])],
    "a reply that is no JSON": [saying("As a language model, I cannot do that.")],
    "a reply of another form": [saying('{"synonyms": "launch"}')],
    "half a reply": [saying(GOOD[:40])],
    "tool calls": [Reply(200, {}, [chunk(tool_calls=[CALLED]), chunk(finish="tool_calls"), "data: [DONE]\n\n"])],
    "a reply that never ends": [Reply(200, {}, [chunk("launch " * 100)] * 5_000)],
    "an error": [Reply(500, {}, [{"error": "out of memory"}])],
    "a refusal": [Reply(401, {}, [{"error": "no such key"}])],
    "an error in the middle": [Reply(200, {}, [chunk(GOOD[:20]), {"error": {"message": "overloaded"}}])],
    "a cut": [Reply(200, {}, [chunk(GOOD[:20]), {"cut": True}])],
    "silence": [Reply(200, {}, [{"pause_s": 3}])],
    "a slow reply": [Reply(200, {}, [p for piece in saying(GOOD).events for p in (piece, {"pause_s": 0.2})])],
    "signs of life only": [Reply(200, {}, [": ping\n\n", {"pause_s": 0.1}] * 20)],
}


class QueryRewriting:
    """`RewriteQuery` with the adapter that a deployment has, before a server of these replies."""

    def __init__(self, model: Any) -> None:
        self.usage = MemoryUsageLedger()
        budget = MemoryTokenBudget(self.usage)
        self.rewrite_query = RewriteQuery(model, budget, FakeClock(), tokens_max=100_000, seconds_max=SECONDS_MAX)

    def __call__(self, query: str = "liftoff") -> Rewrite:
        return self.rewrite_query.start("mine", parse_english_query(query))()

    @property
    def tokens(self) -> list[int]:
        return [used.total for used in self.usage.tokens.get(("mine", NOON.date()), [])]


def hasty(server: ModelServer) -> OpenAiLanguageModel:
    return OpenAiLanguageModel(
        f"{server.url}/v1", "m", timeout_s=SECONDS_MAX, retry_policy=StreamRetryPolicy(attempts_max=1)
    )


def test_every_server_gets_a_short_request_and_invalid_replies_are_ignored(replay: ReplayedModel) -> None:
    rewriting = QueryRewriting(replay.of_dialogue("text"))
    assert rewriting().status is RewriteStatus.UNAVAILABLE
    assert replay.server is not None
    assert "liftoff" in json.dumps(replay.server.requests[0])
    assert str(REPLY_TOKENS_MAX) in json.dumps(replay.server.requests[0])
    assert rewriting.tokens[0] > 0


def test_other_words_come_over_the_wire() -> None:
    with replay_server([saying(GOOD)]) as server:
        rewriting = QueryRewriting(hasty(server))
        rewrite = rewriting()
    assert rewrite.synonyms == {"liftoff": ("launch", "takeoff")}
    assert rewrite.paraphrase == "A rocket rises into the sky."
    assert (rewriting.tokens, "tools" in server.requests[0]) == ([340], False)


def test_half_a_character_in_a_query_is_no_trouble() -> None:
    with replay_server([saying(GOOD)]) as server:
        assert QueryRewriting(hasty(server))("liftoff \ud800").status is RewriteStatus.REWRITTEN


@pytest.mark.parametrize("replies", USELESS.values(), ids=USELESS.keys())
def test_an_unusable_server_costs_at_most_the_time_limit(replies: list[Reply]) -> None:
    with replay_server(replies) as server:
        rewriting = QueryRewriting(hasty(server))
        began = time.monotonic()
        rewrite = rewriting()
        assert time.monotonic() - began < SECONDS_MAX + 1
        assert rewrite == Rewrite(status=RewriteStatus.UNAVAILABLE)
        assert len(server.requests) == 1  # the time limit leaves no time for a retry


def test_a_server_that_is_not_there_is_not_waited_for() -> None:
    with replay_server([]) as server:
        pass
    rewriting = QueryRewriting(hasty(server))
    assert rewriting().status is RewriteStatus.UNAVAILABLE
    assert rewriting.tokens == [0]


def test_an_abandoned_thread_ends_with_its_connection() -> None:
    with replay_server(USELESS["silence"]) as server:
        rewriting = QueryRewriting(hasty(server))
        rewriting()
        taken = [rewriting.rewrite_query.slots.acquire(timeout=2) for _ in range(16)]
    assert all(taken)
