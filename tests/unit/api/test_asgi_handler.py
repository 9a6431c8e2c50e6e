"""An application answers events of API Gateway, also several at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cinedex.api.asgi_handler import asgi_handler
from fastapi import FastAPI

app = FastAPI()
both_run = threading.Barrier(2)


@app.get("/meet/{name}")
def meet(name: str) -> str:
    both_run.wait(timeout=10)
    return name


def event(path: str) -> dict[str, Any]:
    http = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api"},
        "requestContext": {"http": http, "stage": "$default"},
        "isBase64Encoded": False,
    }


def test_two_threads_are_answered_at_once_and_each_with_its_own_answer() -> None:
    """Mangum blocks its event loop until the response is complete, so that one loop would serve one after the other."""
    handler = asgi_handler(app)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda name: handler(event(f"/meet/{name}"), None), ["a", "b"]))
    assert [(answer["statusCode"], answer["body"]) for answer in answers] == [(200, '"a"'), (200, '"b"')]
