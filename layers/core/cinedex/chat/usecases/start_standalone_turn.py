"""Start a turn that belongs to no session: its request has the whole conversation and names the videos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cinedex.access.domain.idempotency import IdempotencyKey
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.answers.domain.agent import AgentTask
from cinedex.answers.usecases.answer_question import AnswerQuestion, AnswerRequest
from cinedex.chat.domain.session import EffectiveScope, Turn
from cinedex.chat.domain.turn_log import TurnStarted
from cinedex.chat.ports.chat_store import ChatStore
from cinedex.chat.ports.turn_executor import TurnExecutor
from cinedex.chat.usecases.start_turn import StartedTurn
from cinedex.chat.usecases.turn_idempotency import standalone_turn_key
from cinedex.chat.usecases.turn_writer import stored
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.fingerprint import fingerprint
from cinedex.kernel.ids import new_id

STORED_FOR = timedelta(hours=24)
"""As long as its idempotency key."""


@dataclass(frozen=True)
class StartStandaloneTurn:
    chats: ChatStore
    answer: AnswerQuestion
    idempotency: RunIdempotent
    executor: TurnExecutor
    clock: Clock
    lease: timedelta

    def __call__(self, request: AnswerRequest, idempotency_key: str | None) -> StartedTurn:
        """A new turn, which runs in this process, or the one that an earlier request with this key has started.

        Raises what `AnswerQuestion.task` raises, `KeyReused` and `StaleRevision`.
        """
        key, request_hash = _identity(request, idempotency_key)
        earlier = self._earlier(key, request_hash)
        if earlier is not None:
            return earlier
        task = self.answer.task(request)
        turn = self._turn(task, idempotency_key)
        record = None if key is None else self.idempotency.record_for(key, request_hash, turn.turn_id)
        try:
            self.chats.add_turn(None, turn, stored(turn, 1, TurnStarted(task=task)), record, turn.created_at)
        except StaleRevision:
            earlier = self._earlier(key, request_hash)
            if earlier is None:
                raise
            return earlier
        self.executor.start(turn)
        return StartedTurn(turn=turn, is_new=True)

    def find(self, request: AnswerRequest, idempotency_key: str | None) -> Turn | None:
        """The turn that an earlier request with this key has started. Raises `KeyReused`."""
        earlier = self._earlier(*_identity(request, idempotency_key))
        return None if earlier is None else earlier.turn

    def _earlier(self, key: IdempotencyKey | None, request_hash: str) -> StartedTurn | None:
        turn_id = None if key is None else self.idempotency.find(key, request_hash)
        return None if turn_id is None else StartedTurn(turn=self.chats.get_turn(turn_id, turn_id), is_new=False)

    def _turn(self, task: AgentTask, idempotency_key: str | None) -> Turn:
        now, turn_id = self.clock.now(), new_id()
        return Turn(
            turn_id=turn_id,
            session_id=turn_id,
            account_id=task.account_id,
            turn_index=0,
            message=task.conversation[-1].content,
            effective_scope=EffectiveScope(),
            idempotency_key=idempotency_key,
            created_at=now,
            expires_at=now + STORED_FOR,
        ).started(now, now + self.lease)


def _identity(request: AnswerRequest, idempotency_key: str | None) -> tuple[IdempotencyKey | None, str]:
    key = None if idempotency_key is None else standalone_turn_key(request.account_id, idempotency_key)
    return key, fingerprint(request.model_dump_json())
