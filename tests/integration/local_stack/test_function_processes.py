"""The processes of functions: replaced when they hang or end, and reachable by their owner only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from local.processes.orphans import MARK
from local.stack import RunningStack

NEXT_INVOCATION = "/2018-06-01/runtime/invocation/next"


@pytest.fixture
def http(fixture_stack: RunningStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fixture_stack.url, timeout=30, trust_env=False) as client:
        yield client


def test_a_function_that_hangs_is_answered_after_its_timeout_and_its_process_is_replaced(http: httpx.Client) -> None:
    before = http.get("/v2/misbehave/not").text
    response = http.get("/v2/misbehave/hang")
    assert response.status_code == 504
    assert response.json()["error"]["message"] == "The request did not end within 1 s and was stopped."
    assert http.get("/v2/misbehave/not").text != before


def test_a_function_whose_process_ends_is_a_server_error_and_the_next_request_is_answered(http: httpx.Client) -> None:
    before = http.get("/v2/misbehave/not").text
    assert http.get("/v2/misbehave/end").status_code == 500
    assert http.get("/v2/misbehave/not").text not in ("", before)


def test_many_requests_at_once_are_all_answered_by_one_process(http: httpx.Client) -> None:
    with ThreadPoolExecutor(60) as clients:
        answers = list(clients.map(lambda _: http.get("/v2/misbehave/not"), range(120)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


def test_functions_that_events_invoke_have_no_more_processes_than_allowed(fixture_stack: RunningStack) -> None:
    function = fixture_stack.deployment.functions["EchoFunction"]

    def invoke(number: int) -> int:
        answer = fixture_stack.emulator.functions.invoke(FunctionName=function, Payload=json.dumps(number).encode())
        body = json.loads(answer["Payload"].read())["body"]
        return int(json.loads(body))

    fixture_stack.emulator.functions.list_functions()  # creates the client before the threads use it
    with ThreadPoolExecutor(10) as clients:
        assert list(clients.map(invoke, range(40))) == list(range(40))
    emulator = psutil.Process(fixture_stack.supervisor.processes()["emulator"])
    handlers = [" ".join(child.cmdline()) for child in emulator.children()]
    assert 1 <= len([handler for handler in handlers if "functions.echo" in handler]) <= max(2, psutil.cpu_count())


def test_no_port_of_the_stack_gives_an_invocation_to_a_caller_without_credentials(
    fixture_stack: RunningStack, http: httpx.Client, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    """Lambda's Runtime API has no authentication; events contain the keys of clients."""
    http.get("/v2/echo/x")
    ports = set(listening(fixture_stack))
    assert len(ports) == 3, "the emulator, the gateway and the streaming application"
    with ThreadPoolExecutor() as clients:
        traffic = [clients.submit(http.get, "/v2/echo/x", headers={"authorization": "a secret"}) for _ in range(20)]
        for port in ports:
            answer = httpx.get(f"http://127.0.0.1:{port}{NEXT_INVOCATION}", timeout=10, trust_env=False)
            assert answer.status_code >= 400
            assert "a secret" not in answer.text + str(answer.headers)
        assert {request.result().status_code for request in traffic} == {201}


def listening(stack: RunningStack) -> Iterator[int]:
    """The ports of all processes of this stack, found by the mark in their environment."""
    gateway = psutil.Process(stack.supervisor.processes()["gateway"])
    mark = gateway.environ()[MARK]
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                connections = process.net_connections("inet")
                yield from (c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN)
        except psutil.Error:
            continue
