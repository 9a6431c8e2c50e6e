"""A running stack with the sample clip in it, which tests call over HTTP."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
from cinedex_client import Client
from cinedex_client.upload import UploadDetails

from local.settings import REPOSITORY
from local.stack import RunningStack
from tests.support.model_server import ModelServer

QUESTION = "What is the name of the cat?"


@dataclass
class StackWithDemoClip:
    """`model` is the server of the language model that the stack calls, if there is one."""

    stack: RunningStack
    video_id: str
    key: str
    model: ModelServer | None = None

    def stream(self, question: str) -> tuple[float, list[dict[str, Any]]]:
        """Seconds to the first piece of the answer, and all events."""
        body = {"messages": [{"role": "user", "content": question}]}
        headers, began, first_s = {"x-api-key": self.key}, time.monotonic(), 0.0
        events: list[dict[str, Any]] = []
        with (
            httpx.Client(trust_env=False, timeout=60) as client,
            client.stream("POST", f"{self.stack.url}/v2/chat/stream", json=body, headers=headers) as answer,
        ):
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    events.append(json.loads(line.removeprefix("data: ")))
                    if events[-1]["type"] == "answer_delta":
                        first_s = first_s or time.monotonic() - began
        return first_s, events


def add_demo_clip(library: Client) -> str:
    video = library.upload(REPOSITORY / "samples" / "demo.mp4", UploadDetails(), lambda _: None)
    library.wait_until_uploaded(video.video_id)
    library.analyze(video.video_id)
    *_, done = library.follow(video.video_id)
    assert done.detail("embeddings").status == "ready", done.detail("embeddings").error
    return video.video_id
