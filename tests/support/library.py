"""A fake deployment with one video."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx

VIDEO_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
STORE = "http://store.test/demo.mp4"
NAME = "demo.mp4"
FEATURES = ("transcript", "scenes", "captions", "objects", "embeddings")

Json = dict[str, Any]

_TIMELINE: dict[str, list[Json]] = {
    "transcript": [{"start": 0.9, "end": 4.3, "text": "Welcome to a short tour."}],
    "captions": [{"start": 0.0, "end": 5.2, "caption": "A title card."}],
    "screen-text": [{"start": 0.7, "end": 5.2, "text": "A SHORT TOUR"}],
    "scenes": [{"index": 0, "start": 0.0, "end": 5.2}, {"index": 1, "start": 5.2, "end": 15.4}],
    "objects": [
        {
            "start": 15.4,
            "end": 25.2,
            "detections": [
                {"type": "person", "frame_timestamp_start": at_s, "frame_timestamp_end": at_s} for at_s in (16.0, 17.0)
            ],
        }
    ],
}


class FakeLibrary:
    """Answers HTTP requests; an analysis is ready after `steps` reads of the video."""

    def __init__(self, *, steps: int = 2, broken: str | None = None, rejected: str | None = None) -> None:
        self.steps = steps
        self.broken = broken
        self.rejected = rejected
        self.stored = b""
        self.polls: int | None = None
        self.deleted = False
        self.moved: list[Json] = []
        self.degraded = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        for method, pattern, answer in self._routes():
            if request.method == method and (match := re.fullmatch(pattern, request.url.path)):
                return answer(request, match)
        return _error(404, "There is nothing there.")

    def _routes(self) -> list[tuple[str, str, Callable[[httpx.Request, re.Match[str]], httpx.Response]]]:
        one = f"/v2/videos/{VIDEO_ID}"
        return [
            ("PUT", "/demo.mp4", self._store),
            ("POST", "/v2/videos", lambda *_: self._registered()),
            ("GET", "/v2/videos", lambda *_: httpx.Response(200, json={"results": self._videos()})),
            ("POST", "/v2/videos/uploads", lambda *_: self._ticket()),
            ("POST", f"{one}/uploads/complete", lambda *_: self._registered()),
            ("GET", one, lambda *_: httpx.Response(200, json=self._look())),
            ("PATCH", one, lambda request, _: self._move(json.loads(request.content))),
            ("DELETE", one, lambda *_: self._delete()),
            ("POST", f"{one}/features", lambda *_: self._start()),
            ("GET", f"{one}/([a-z-]+)", lambda _, match: self._read(match[1])),
            ("POST", "/v2/search", lambda request, _: self._search(json.loads(request.content))),
            ("POST", "/v2/chat", lambda request, _: self._chat(json.loads(request.content))),
        ]

    def _ticket(self) -> httpx.Response:
        upload = {"method": "single", "url": STORE, "headers": {}}
        return httpx.Response(201, json={"video_id": VIDEO_ID, "upload": upload})

    def _store(self, request: httpx.Request, _: re.Match[str]) -> httpx.Response:
        self.stored = request.content
        return httpx.Response(200, headers={"ETag": '"1"'})

    def _registered(self) -> httpx.Response:
        return httpx.Response(202, json={"video_id": VIDEO_ID, "status": "uploading", "metadata": None})

    def _start(self) -> httpx.Response:
        self.polls = 0
        return httpx.Response(200, json={"video_id": VIDEO_ID, "run_id": "r1", "features": {}})

    def _look(self) -> Json:
        if self.rejected:
            return {"video_id": VIDEO_ID, "status": "failed", "error": self.rejected}
        if self.polls is not None:
            self.polls += 1
        details = {feature: self._detail(feature) for feature in FEATURES}
        return {
            "video_id": VIDEO_ID,
            "status": "uploaded",
            "metadata": {"video_name": NAME, "duration": 52.32, "width": 960, "height": 540, "avg_fps": 25.0},
            "features": {feature: detail["status"] for feature, detail in details.items()},
            "feature_details": details,
        }

    def _detail(self, feature: str) -> Json:
        if self.polls is None:
            return {"status": "none"}
        if self.polls <= self.steps:
            return {"status": "processing", "progress": (self.polls - 1) / self.steps}
        if feature == self.broken:
            return {"status": "failed", "error": "Chunk 2 of 3 could not be read."}
        return {"status": "ready", "generation": 1, "models": ["whisper-tiny.en-int8@2"]}

    def _videos(self) -> list[Json]:
        return [] if self.deleted else [self._look()]

    def _move(self, change: Json) -> httpx.Response:
        self.moved.append(change)
        return httpx.Response(200, json=self._look())

    def _delete(self) -> httpx.Response:
        self.deleted = True
        return httpx.Response(200, json={"status": "success", "message": None})

    def _read(self, insight: str) -> httpx.Response:
        if self.polls is None:
            return _error(409, f"Feature '{insight}' is not ready. Current status: none.")
        return httpx.Response(200, json={"data": _TIMELINE[insight], "next_page_token": None})

    def _search(self, body: Json) -> httpx.Response:
        moment = {
            "video_id": VIDEO_ID,
            "video_name": NAME,
            "start": 15.44,
            "end": 25.24,
            "score": 0.83,
            "rank": 1,
            "caption": "A person.",
            "transcript": "In 1995, Eileen Collins was the first woman to pilot the space shuttle.",
            "matched": ["speech", "screen_text"],
            "highlights": ["Eileen Collins was the <em>first</em> woman to pilot the space shuttle."],
        }
        pool = {"video_count": 1, "total_duration": 52.32}
        hits = [] if "violin" in body["query"] else [moment]
        reply = {"data": hits, "next_page_token": None, "search_pool": pool, "degraded": self.degraded}
        return httpx.Response(200, json=reply)

    def _chat(self, body: Json) -> httpx.Response:
        if "violin" in body["messages"][-1]["content"]:
            unanswered = {"response": "No confident match.", "citations": [], "confident": False}
            return httpx.Response(200, json={"model": "extractive", **unanswered})
        citation = {"start": 16.3, "end": 20.9, "quote": "Eileen Collins was the first.", "source": "speech"}
        answered = {
            "response": "It was Eileen Collins.",
            "citations": [{"video_id": VIDEO_ID, "video_name": NAME, **citation}],
            "confident": True,
        }
        return httpx.Response(200, json={"model": "a-language-model", **answered})


def _error(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"type": "x", "message": message}})
