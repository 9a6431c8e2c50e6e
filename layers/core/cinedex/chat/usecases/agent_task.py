"""Build the agent's task of a turn: the question, the conversation before it, and the scope of the tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.agent import AgentTask
from cinedex.answers.domain.answer import Message, MessageRole
from cinedex.chat.domain.session import Turn, TurnStatus
from cinedex.chat.domain.turn_log import TurnStarted
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.kernel.errors import NotFound

REMEMBERED_TURNS_MAX = 20


@dataclass(frozen=True)
class BuildAgentTask:
    chats: ChatStore
    log: TurnLog

    def __call__(self, turn: Turn) -> AgentTask:
        """Raises `NotFound` if a standalone turn has expired."""
        return self._stored_task(turn) if turn.is_standalone else self._task_in_session(turn)

    def _stored_task(self, turn: Turn) -> AgentTask:
        for stored in self.log.events(turn.turn_id):
            if isinstance(stored.event, TurnStarted) and stored.event.task is not None:
                return stored.event.task
        raise NotFound("This turn has expired.", field="turn_id")

    def _task_in_session(self, turn: Turn) -> AgentTask:
        """With the turns before it in the session that were answered when the question arrived."""
        messages: list[Message] = []
        for earlier in self.chats.list_latest_turns(turn.session_id, REMEMBERED_TURNS_MAX + 1):
            if earlier.turn_id < turn.turn_id and earlier.status is TurnStatus.COMPLETED:
                messages += self._exchange(earlier)
        question = Message(role=MessageRole.USER, content=turn.message)
        return AgentTask(
            account_id=turn.account_id, conversation=(*messages, question), scope=turn.effective_scope.for_agent
        )

    def _exchange(self, earlier: Turn) -> Sequence[Message]:
        answers = [step.answer for step in self.log.steps(earlier.turn_id) if step.answer is not None]
        question = Message(role=MessageRole.USER, content=earlier.message)
        return [question, *(Message(role=MessageRole.ASSISTANT, content=answer.text) for answer in answers)]
