"""Handlers with every kind of result, for tests of what runs functions."""

from __future__ import annotations

import os
import time
from threading import Barrier
from typing import Any


class CustomError(Exception):
    pass


_meeting = Barrier(2)


def echo(event: Any, _context: Any) -> Any:
    return event


def describe(event: Any, context: Any) -> dict[str, Any]:
    return {
        "event": event,
        "arn": context.invoked_function_arn,
        "has_time_left": context.get_remaining_time_in_millis() > 0,
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "has_request_id": bool(context.aws_request_id),
        "setting": os.environ.get("SETTING"),
    }


def fail(event: Any, _context: Any) -> None:
    raise CustomError(f"no {event}")


def unserialisable(_event: Any, _context: Any) -> Any:
    return object()


def meet(_event: Any, _context: Any) -> str:
    """Returns only if two invocations run at once."""
    _meeting.wait(timeout=10)
    return "met"


def hang(_event: Any, _context: Any) -> None:
    time.sleep(600)


def end(_event: Any, _context: Any) -> None:
    os._exit(3)


def pid(_event: Any, _context: Any) -> int:
    return os.getpid()
