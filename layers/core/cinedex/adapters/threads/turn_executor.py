"""Carries turns out in threads of this process that nobody has to wait for: a client may come and go."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread

from cinedex.chat.domain.session import Turn
from cinedex.chat.usecases.run_turn import RunTurn
from cinedex.observability import logger


class TurnExecutor:
    def __init__(self, carry_out: Callable[[], RunTurn]) -> None:
        self._carry_out = carry_out
        self._threads: dict[str, Thread] = {}
        self._lock = Lock()

    def start(self, turn: Turn) -> None:
        """`turn` is leased to this process."""
        thread = Thread(target=self._run, args=(turn,), name=f"turn-{turn.turn_id}", daemon=True)
        with self._lock:
            self._threads[turn.turn_id] = thread
        thread.start()

    def wait(self, turn_id: str, seconds: float) -> None:
        """Until the turn has left this process, or the time is over."""
        with self._lock:
            thread = self._threads.get(turn_id)
        if thread is not None:
            thread.join(seconds)

    def is_running(self, turn_id: str) -> bool:
        with self._lock:
            return turn_id in self._threads

    def _run(self, turn: Turn) -> None:
        """The outermost loop of a turn: nobody above can tell anybody."""
        carry_out = self._carry_out()
        try:
            carry_out(turn)
        except Exception:
            logger.exception("turn failed", turn_id=turn.turn_id)
            carry_out.give_up(turn)
        finally:
            with self._lock:
                self._threads.pop(turn.turn_id, None)
