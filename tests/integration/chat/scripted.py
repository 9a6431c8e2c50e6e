"""The two chat applications with an agent that is controlled by the question, as functions of a real stack.

`pause 0.2` in a question makes it wait so many seconds before each event.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence

from cinedex.answers.domain.agent import AgentEvent, AgentTask, ToolRun
from cinedex.bootstrap import chat

from functions.chat_api import handler
from functions.chat_stream import app
from functions.resume_turns import handler as resume_turns
from tests.support.turns import ScriptedAgent

__all__ = ["app", "handler", "resume_turns"]

PAUSE = re.compile(r"pause ([\d.]+)")


class PausingAgent:
    """`Agent`."""

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        match = PAUSE.search(task.conversation[-1].content)
        pause_s = float(match[1]) if match else 0.0
        yield from ScriptedAgent(pause=lambda _event: time.sleep(pause_s)).run(task, done)


chat.agent = PausingAgent
