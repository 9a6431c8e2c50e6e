"""The contract of every language model, for every adapter and server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from cinedex.adapters.openai.language_model import OpenAiLanguageModel
from cinedex.kernel.errors import LanguageModelUnavailable, Unavailable
from cinedex.language_models.language_model import (
    LanguageModel,
    ModelMessage,
    ModelReply,
    TokenUse,
    ToolOutcome,
    ToolSpec,
    ToolUse,
)

from tests.contract.language_models.conftest import ReplayedModel
from tests.support.model_server import Reply, saying
from tests.support.scripted_model import ScriptedModel, calls, says

ANSWER = "The cat is called Chelsea [r1]. It is forty years old [r99]. A cat is in view [r2]."
SEARCH = ToolSpec(name="search_moments", description="Find moments.", input_schema={"type": "object", "properties": {}})
ASKED = (ModelMessage(role="user", text="What is the name of the cat?"),)
COUNTED = TokenUse(input_tokens=812, output_tokens=41)


def converse(model: LanguageModel, messages: tuple[ModelMessage, ...] = ASKED) -> tuple[list[str], ModelReply]:
    *pieces, reply = model.converse("Be brief.", messages, (SEARCH,), tokens_max=300, seconds_max=60)
    assert isinstance(reply, ModelReply)
    assert all(isinstance(piece, str) for piece in pieces)
    assert "".join(map(str, pieces)) == reply.text
    return [str(piece) for piece in pieces], reply


def test_text_is_yielded_in_pieces_and_then_as_a_complete_reply(replay: ReplayedModel) -> None:
    pieces, reply = converse(replay.of_dialogue("text"))
    assert (reply.text, reply.stop_reason, reply.tool_uses) == (ANSWER, "end_turn", ())
    assert len(pieces) == 10


def test_tool_calls_are_put_together_from_their_fragments(replay: ReplayedModel) -> None:
    _, reply = converse(replay.of_dialogue("two_tools"))
    assert [(use.name, use.arguments, use.malformed) for use in reply.tool_uses] == [
        ("search_moments", {"query": "cat called Chelsea"}, None),
        ("get_captions", {"video_id": "tour"}, None),
    ]
    assert len({use.tool_call_id for use in reply.tool_uses}) == 2
    assert reply.stop_reason == "tool_use"


def test_tokens_are_those_that_the_server_counted(replay: ReplayedModel) -> None:
    _, reply = converse(replay.of_dialogue("text"))
    assert reply.tokens == (TokenUse() if replay.provider == "ollama" else COUNTED)


def test_arguments_that_are_not_json_are_returned_as_text(replay: ReplayedModel) -> None:
    _, reply = converse(replay.of_dialogue("junk_arguments"))
    assert [use.malformed for use in reply.tool_uses] == ['{"query": "cat called', None]


def test_a_throttled_request_is_retried_after_a_pause(replay: ReplayedModel) -> None:
    assert converse(replay.of_dialogue("throttled"))[1].text == ANSWER
    assert len(replay.pauses) == 2
    if replay.provider == "openai":
        assert min(replay.pauses) >= 1.0  # it said how long to wait


def test_a_request_that_is_throttled_before_its_first_piece_is_retried(replay: ReplayedModel) -> None:
    assert converse(replay.of_dialogue("throttled_at_the_start_of_the_stream"))[1].text == ANSWER
    assert len(replay.pauses) == 1


@pytest.mark.parametrize("dialogue", ["throttled_in_the_middle", "cut_off"])
def test_a_stream_that_breaks_off_in_the_middle_is_not_restarted(replay: ReplayedModel, dialogue: str) -> None:
    replies = replay.of_dialogue(dialogue).converse("Be brief.", ASKED, tokens_max=300, seconds_max=60)
    assert next(replies) == "The cat"
    with pytest.raises(Unavailable):
        list(replies)
    assert replay.server is not None
    assert len(replay.server.requests) == 1


def test_a_server_that_stays_throttled_is_unavailable(replay: ReplayedModel) -> None:
    replay.of_dialogue("throttled")
    assert replay.server is not None
    busy = replay.of_replies([replay.server.replies[0]] * 10)
    with pytest.raises(LanguageModelUnavailable):
        list(busy.converse("Be brief.", ASKED, tokens_max=300, seconds_max=60))
    assert len(replay.pauses) == len(replay.server.requests) - 1 == 4


def test_a_refused_key_is_not_tried_again(replay: ReplayedModel) -> None:
    with pytest.raises(Unavailable, match=r"40[13]|AccessDenied"):
        list(replay.of_dialogue("not_allowed").converse("Be brief.", ASKED, tokens_max=300, seconds_max=60))
    assert replay.pauses == []


@pytest.mark.parametrize(("dialogue", "reason"), [("out_of_tokens", "max_tokens"), ("refused", "refused")])
def test_it_is_said_why_a_reply_ends(replay: ReplayedModel, dialogue: str, reason: str) -> None:
    assert converse(replay.of_dialogue(dialogue))[1].stop_reason == reason


def test_a_server_that_is_not_there_is_unavailable(replay: ReplayedModel) -> None:
    model = replay.of_dialogue("text")
    replay.stack.close()
    with pytest.raises(Unavailable):
        list(model.converse("Be brief.", ASKED, tokens_max=300, seconds_max=60))


def test_a_server_that_accepts_and_never_answers_is_waited_for_as_long_as_the_turn_lasts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        model = OpenAiLanguageModel(f"http://127.0.0.1:{server.getsockname()[1]}/v1", "a-model")
        with pytest.raises(LanguageModelUnavailable, match=r"language model sent no reply in 0\.\d+ s"):
            list(model.converse("Be brief.", ASKED, tokens_max=300, seconds_max=0.2))


def test_a_server_that_sends_comments_and_no_reply_is_left_at_the_end_of_the_turn(
    replay_of: Callable[[str], ReplayedModel],
) -> None:
    comments = [{"pause_s": 0.05}, ": processing\n\n"] * 20
    model = replay_of("openai").of_replies([Reply(200, {}, [*comments, *saying("Yes.").events])])
    with pytest.raises(LanguageModelUnavailable, match="sent no reply"):
        list(model.converse("Be brief.", ASKED, tokens_max=300, seconds_max=0.3))


def test_a_fake_keeps_to_the_same() -> None:
    model = ScriptedModel([calls(("search_moments", {"query": "cat"})), says(ANSWER)])
    assert converse(model)[1].stop_reason == "tool_use"
    assert converse(model)[1].text == ANSWER
    with pytest.raises(Unavailable):
        list(ScriptedModel([Unavailable("throttled")]).converse("Be brief.", ASKED, tokens_max=300, seconds_max=60))


TOOLS_DONE = (
    *ASKED,
    ModelMessage(
        role="assistant",
        tool_uses=(ToolUse(tool_call_id="call00000", name="search_moments", arguments={"query": "é"}),),
    ),
    ModelMessage(
        role="user",
        text="Answer now.",
        tool_outcomes=(ToolOutcome(tool_call_id="call00000", content="Error: down", is_error=True),),
    ),
)


def test_openai_requests_contain_tools_and_their_results(replay_of: Callable[[str], ReplayedModel]) -> None:
    replay = replay_of("openai")
    converse(replay.of_dialogue("text"), TOOLS_DONE)
    (body,) = replay.server.requests
    assert (replay.server.paths, replay.server.headers[0]["authorization"]) == (
        ["/v1/chat/completions"],
        "Bearer sk-test",
    )
    assert [m["role"] for m in body["messages"]] == ["system", "user", "assistant", "tool", "user"]
    assert body["messages"][2]["tool_calls"][0]["function"] == {"name": "search_moments", "arguments": '{"query": "é"}'}
    assert body["messages"][2]["content"] == ""  # some servers refuse null
    assert body["messages"][3] == {"role": "tool", "tool_call_id": "call00000", "content": "Error: down"}
    assert (body["stream"], body["max_tokens"], body["stream_options"]) == (True, 300, {"include_usage": True})
    assert body["tools"][0]["function"]["parameters"] == SEARCH.input_schema


def test_bedrock_requests_contain_tools_and_their_results(replay_of: Callable[[str], ReplayedModel]) -> None:
    replay = replay_of("bedrock")
    converse(replay.of_dialogue("text"), TOOLS_DONE)
    (body,) = replay.server.requests
    assert replay.server.paths == ["/model/amazon.nova-lite-v1%3A0/converse-stream"]
    assert [m["role"] for m in body["messages"]] == ["user", "assistant", "user"]
    use = body["messages"][1]["content"][0]["toolUse"]
    assert use == {"toolUseId": "call00000", "name": "search_moments", "input": {"query": "é"}}
    result, text = body["messages"][2]["content"]
    assert result["toolResult"]["status"] == "error"
    assert text == {"text": "Answer now."}
    assert body["inferenceConfig"] == {"maxTokens": 300}
    assert body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"] == {"json": SEARCH.input_schema}


def test_a_tool_call_is_read_as_a_real_server_streamed_it(replay_of: Callable[[str], ReplayedModel]) -> None:
    """Recorded from llama-cpp-python 0.3.36 with Qwen2.5-Coder-1.5B: pings, nulls, and each call sent twice."""
    stream = (Path(__file__).parent / "recorded/llama_cpp_python_tool_call.txt").read_text(encoding="utf-8")
    model = replay_of("openai").of_replies([Reply(200, {}, [stream])])
    _, reply = converse(model)
    (use,) = reply.tool_uses
    assert (use.name, use.arguments, use.malformed) == ("search_moments", {"query": "cat", "video_ids": None}, None)
    assert reply.stop_reason == "tool_use"
