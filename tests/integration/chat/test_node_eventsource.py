"""EventSource of Node follows turns, and reconnects by itself after its last event."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.stack import RunningStack
from tests.integration.chat.test_turns import kill
from tests.support.sse_reader import received_events
from tests.support.turns import ANSWER

FOLDER = Path(__file__).parent / "eventsource"


@pytest.fixture(scope="module")
def node() -> str:
    """A Node that is new enough, with the client installed; skips the test if there is none."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("needs Node 20 or newer with npm: put them on PATH")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < 20:
        pytest.skip(f"needs Node 20 or newer; {program} is {version.strip()}")
    installed = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"npm cannot install the client: {installed.stderr[-300:]}")
    return program


@contextmanager
def following(node: str, stack: RunningStack, path: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The output of the client, line by line, until the stream has no more events."""
    command = [node, "follow.mjs", f"{stack.url}{path}/stream", stack.api_key or ""]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield map(json.loads, process.stdout)
        finally:
            process.kill()


def started(api: httpx.Client, session: str, message: str) -> str:
    """The path of a turn that is running."""
    for event in received_events(api, f"{session}/turns/stream", message):
        return f"{session}/turns/{event.data['turn_id']}"
    raise AssertionError("the stream was empty")


def whole(lines: list[dict[str, Any]]) -> None:
    """Every event of the log once and in order, and then no more reconnects."""
    events = [line for line in lines if "name" in line and line["name"] != "turn_resumed"]
    assert [int(line["id"]) for line in events] == list(range(1, len(events) + 1))
    assert [line["name"] for line in events if line["name"] in ("turn_completed", "error")] == ["turn_completed"]
    assert lines[-1] == {"connection": "done"}
    assert events[-1]["data"]["turn"]["assistant_message"]["content"] == ANSWER


def test_it_follows_a_turn_and_stops_reconnecting_after_the_last_event(
    node: str, scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    with following(node, scripted_stack, started(api, session, "pause 0.1")) as lines:
        whole(list(lines))


def test_it_reconnects_by_itself_when_the_application_is_killed(
    node: str, scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    read = []
    with following(node, scripted_stack, started(api, session, "pause 0.3")) as lines:
        for line in lines:
            read.append(line)
            if line.get("name") == "tool_call_result" and {"connection": "broken"} not in read:
                kill(scripted_stack, "ChatStreamFunction")
    whole(read)
    assert {"connection": "broken"} in read
    assert [line["data"].get("state") for line in read if line.get("name") == "agent_state"].count("resuming") == 1
