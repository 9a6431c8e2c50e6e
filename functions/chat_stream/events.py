"""An answer as server-sent events: it starts, it comes sentence by sentence, and it ends exactly once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from cinedex.adapters.fastapi_answers import ChatResponse
from cinedex.domain.answer import Answer
from cinedex.domain.errors import CinedexError
from cinedex.domain.ids import new_id
from cinedex.observability import logger

BROKEN = "Something went wrong on our side; the id of the turn finds it in the log."
SENTENCE = re.compile(r".+?(?:[.!?](?=\s)|\n|$)\s*", re.DOTALL)


def answer_events(answer: Callable[[], Answer]) -> Iterator[str]:
    """`turn_started`, then `answer_delta` for each sentence, then `turn_completed` or `error`."""
    numbers, turn_id = count(1), new_id()

    def event(name: str, **data: Any) -> str:
        told = json.dumps({"type": name, "turn_id": turn_id, **data}, ensure_ascii=False)
        return f"id: {next(numbers)}\nevent: {name}\ndata: {told}\n\n"

    yield event("turn_started")
    try:
        found = answer()
    except CinedexError as error:
        yield event("error", error={"code": type(error).__name__, "message": error.message})
        return
    except Exception:  # nobody above can tell the client any more: the response has begun
        logger.exception("turn failed", extra={"turn_id": turn_id})
        yield event("error", error={"code": "InternalError", "message": BROKEN})
        return
    for delta in SENTENCE.findall(found.text):
        yield event("answer_delta", delta=delta)
    yield event("turn_completed", **ChatResponse.of(found).model_dump(mode="json"))
