"""Every invocation is logged with its ids, measured where the setting asks for it, and its event is validated."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from cinedex import observability
from cinedex.kernel.errors import Unavailable
from cinedex.observability import http_handler, lambda_handler, logger
from pydantic import BaseModel, ValidationError

IDS = {"account_id": "a", "video_id": "v", "run_id": "v-c1"}
CONTEXT = SimpleNamespace(
    function_name="BeginAnalysis",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:BeginAnalysis",
    aws_request_id="52fdfc07-2182-454f-963f-5f0f9a621d72",
)


class Ids(BaseModel):
    account_id: str
    video_id: str | None = None
    run_id: str | None = None


class Result(BaseModel):
    count: int


@lambda_handler(Ids)
def handler(event: Ids) -> Result:
    logging.getLogger("cinedex.search.usecases").warning("a fallback", extra={"reason": "Connection refused."})
    if event.account_id == "down":
        raise Unavailable("The search store is down.")
    return Result(count=3)


class _Lines:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Lines]:
    """The lines that are logged."""
    lines = _Lines()
    before = logger.registered_handler.setStream(lines.stream)  # type: ignore[attr-defined]
    monkeypatch.setattr(observability, "_invoked", set())
    observability._tracer.cache_clear()
    yield lines
    logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    observability._tracer.cache_clear()


def test_start_and_end_are_logged_with_the_function_and_the_duration(lines: _Lines) -> None:
    assert handler(IDS, None) == {"count": 3}
    started, _, ended = lines.read()
    assert (started["message"], ended["message"]) == ("function started", "function ended")
    assert started["function"] == ended["function"] == "test_observability"
    assert (ended["outcome"], ended["duration_ms"] >= 0) == ("succeeded", True)


def test_every_line_has_the_ids_of_the_event(lines: _Lines) -> None:
    handler(IDS, None)
    assert len(lines.read()) == 3
    assert all(line.items() >= IDS.items() for line in lines.read())


def test_what_a_capability_logs_has_the_same_format_and_ids(lines: _Lines) -> None:
    handler(IDS, None)
    warning = lines.read()[1]
    assert (warning["message"], warning["reason"], warning["level"]) == ("a fallback", "Connection refused.", "WARNING")
    assert warning.items() >= IDS.items()


def test_the_ids_of_one_event_do_not_appear_in_the_lines_of_the_next(lines: _Lines) -> None:
    handler(IDS, None)
    handler({"account_id": "b"}, None)
    last = lines.read()[-1]
    assert (last["account_id"], "video_id" in last, "run_id" in last) == ("b", False, False)


def test_every_line_has_the_request_id_of_lambda(lines: _Lines) -> None:
    handler(IDS, CONTEXT)
    assert {line["function_request_id"] for line in lines.read()} == {CONTEXT.aws_request_id}


def test_a_failure_is_logged_with_its_cause_and_raised(lines: _Lines) -> None:
    with pytest.raises(Unavailable):
        handler({"account_id": "down"}, None)
    *_, failed, ended = lines.read()
    assert (failed["error"], failed["reason"]) == ("Unavailable", "The search store is down.")
    assert "Traceback" in failed["exception"]
    assert ended["outcome"] == "failed"


def test_an_event_of_another_type_is_an_error(lines: _Lines) -> None:
    with pytest.raises(ValidationError):
        handler({"account": "a"}, None)
    assert lines.read()[-1]["outcome"] == "failed"


def test_a_web_function_is_logged_too(lines: _Lines) -> None:
    answer = http_handler("library_api", lambda event, _context: {"statusCode": event["status"]})({"status": 200}, None)
    assert answer == {"statusCode": 200}
    assert [line["function"] for line in lines.read()] == ["library_api", "library_api"]


def test_metrics_are_off_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    handler(IDS, None)
    assert capsys.readouterr().out == ""


def test_metrics_are_duration_outcome_and_the_first_cold_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMIT_METRICS", "true")
    handler(IDS, None)
    with pytest.raises(Unavailable):
        handler({"account_id": "down"}, None)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["Succeeded"], first["ColdStart"], first["function"]) == ([1.0], [1.0], "test_observability")
    assert first["Duration"][0] >= 0
    assert (second["Failed"], "ColdStart" in second) == ([1.0], False)


def test_tracing_without_its_library_logs_one_warning(monkeypatch: pytest.MonkeyPatch, lines: _Lines) -> None:
    monkeypatch.setenv("TRACING", "Active")
    monkeypatch.setattr(observability, "find_spec", lambda _name: None)
    handler(IDS, None)
    handler(IDS, None)
    assert len([line for line in lines.read() if "aws-xray-sdk is not installed" in line["message"]]) == 1


def test_two_invocations_at_once_keep_their_ids_apart(lines: _Lines) -> None:
    """As in the local stack, where a process of the API serves several requests."""
    both_run = Barrier(2)

    @lambda_handler(Ids)
    def meet(_event: Ids) -> None:
        both_run.wait(timeout=10)
        logger.info("met")

    with ThreadPoolExecutor(2) as threads:
        for invocation in [threads.submit(meet, {"account_id": name}, None) for name in ("a", "b")]:
            invocation.result()
    assert sorted(line["account_id"] for line in lines.read() if line["message"] == "met") == ["a", "b"]
