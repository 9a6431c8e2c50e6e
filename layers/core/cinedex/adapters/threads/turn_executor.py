"""Runs turns in threads of this process, independent of the clients that read them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread

from cinedex.chat.domain.session import Turn
from cinedex.chat.usecases.run_turn import RunTurn
from cinedex.observability import logger


class ThreadTurnExecutor:
    """`TurnExecutor`."""

    def __init__(self, run_turn: Callable[[], RunTurn]) -> None:
        self._run_turn = run_turn
        self._threads: dict[str, Thread] = {}
        self._lock = Lock()

    def start(self, turn: Turn) -> None:
        thread = Thread(target=self._run, args=(turn,), name=f"turn-{turn.turn_id}", daemon=True)
        with self._lock:
            self._threads[turn.turn_id] = thread
        thread.start()

    def wait(self, turn_id: str, timeout_s: float) -> None:
        with self._lock:
            thread = self._threads.get(turn_id)
        if thread is not None:
            thread.join(timeout_s)

    def is_running(self, turn_id: str) -> bool:
        with self._lock:
            return turn_id in self._threads

    def _run(self, turn: Turn) -> None:
        """The outermost loop of a turn: no caller is left that could handle an exception."""
        run_turn = self._run_turn()
        try:
            run_turn(turn)
        except Exception:
            logger.exception("turn failed", turn_id=turn.turn_id)
            run_turn.fail_unexpectedly(turn)
        finally:
            with self._lock:
                self._threads.pop(turn.turn_id, None)
