"""EventSource for Node, a client that is not ours, follows turns and comes again by itself where it was cut off."""

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
from tests.support.sse_reader import seen
from tests.support.turns import ANSWER

FOLDER = Path(__file__).parent / "eventsource"


@pytest.fixture(scope="module")
def node() -> str:
    """A Node that is new enough, with the client installed; skips where there is none."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("needs Node 20 or newer with npm: put them on PATH")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < 20:
        pytest.skip(f"needs Node 20 or newer; {found} is {version.strip()}")
    installed = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"npm cannot install the client: {installed.stderr[-300:]}")
    return found


@contextmanager
def following(node: str, stack: RunningStack, path: str) -> Iterator[Iterator[dict[str, Any]]]:
    """What the client says, line by line, until it is told that there is no more."""
    command = [node, "follow.mjs", f"{stack.url}{path}/stream", stack.api_key or ""]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield map(json.loads, process.stdout)
        finally:
            process.kill()


def begun(api: httpx.Client, session: str, message: str) -> str:
    """The path of a turn that is running."""
    for event in seen(api, f"{session}/turns/stream", message):
        return f"{session}/turns/{event.data['turn_id']}"
    raise AssertionError("the stream was empty")


def whole(lines: list[dict[str, Any]]) -> None:
    """Every event of the log once and in order, and then the end of asking again."""
    told = [line for line in lines if "name" in line and line["name"] != "turn_resumed"]
    assert [int(line["id"]) for line in told] == list(range(1, len(told) + 1))
    assert [line["name"] for line in told if line["name"] in ("turn_completed", "error")] == ["turn_completed"]
    assert lines[-1] == {"connection": "done"}
    assert told[-1]["data"]["turn"]["assistant_message"]["content"] == ANSWER


def test_it_follows_a_turn_and_stops_asking_when_all_is_told(
    node: str, scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    with following(node, scripted_stack, begun(api, session, "pause 0.1")) as lines:
        whole(list(lines))


def test_it_comes_again_by_itself_when_the_application_is_killed(
    node: str, scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    said = []
    with following(node, scripted_stack, begun(api, session, "pause 0.3")) as lines:
        for line in lines:
            said.append(line)
            if line.get("name") == "tool_call_result" and {"connection": "broken"} not in said:
                kill(scripted_stack, "ChatStreamFunction")
    whole(said)
    assert {"connection": "broken"} in said
    assert [line["data"].get("state") for line in said if line.get("name") == "agent_state"].count("resuming") == 1
