"""One model in each kind of source: a hub on this machine, a folder, and S3 over the emulation of moto."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from gpu_tasks.model_store.folder_source import FolderSource
from gpu_tasks.model_store.hub_source import HubSource
from gpu_tasks.model_store.manifest import ModelSource
from gpu_tasks.model_store.s3_source import S3Source

REPOSITORY, REVISION = "someone/whisper", "a" * 40
WEIGHTS = b"\x06\0\0\0" + bytes(range(256)) * 1024
FILES = {"model.bin": WEIGHTS, "config.json": b"{}", "onnx/extra.onnx": b"graph", "README.md": b"# A model"}
LARGE = ("model.bin", "onnx/extra.onnx")
SOURCES = ("hub", "folder", "s3")


@dataclass
class Hub:
    """What the hub answers, and the requests that it got; `breaks` are the bytes after which transfers break off."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    licence: str | None = "mit"
    breaks: list[int] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    resumes: bool = True
    status: int = 200
    url: str = ""

    def answer(self, path: str) -> Any:
        """The metadata of the repository; None for another path."""
        if path == f"/api/models/{REPOSITORY}/revision/main":
            return {"sha": REVISION, "tags": [f"license:{self.licence}"] if self.licence else []}
        if path == f"/api/models/{REPOSITORY}/tree/{REVISION}":
            folder = {"type": "directory", "path": "onnx", "size": 0, "oid": "0"}
            return [folder, *(_entry(name, data) for name, data in self.files.items())]
        return None

    def file(self, path: str) -> bytes | None:
        return self.files.get(path.removeprefix(f"/{REPOSITORY}/resolve/{REVISION}/"))


def _entry(name: str, data: bytes) -> dict[str, Any]:
    entry = {"type": "file", "path": name, "size": len(data), "oid": git_sha1(data)}
    if name in LARGE:
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return entry


def git_sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            hub.tokens.append(self.headers["Authorization"])
            if hub.status != 200:
                self._send(hub.status, b"")
            elif (answer := hub.answer(path)) is not None:
                self._send(200, json.dumps(answer).encode())
            elif (data := hub.file(path)) is not None:
                self._send_file(data)
            else:
                self._send(404, b"")

        def _send_file(self, data: bytes) -> None:
            wanted = self.headers["Range"]
            hub.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and hub.resumes else 0
            self._send(206 if start else 200, data[start:], hub.breaks.pop(0) if hub.breaks else None)

        def _send(self, status: int, body: bytes, broken_after: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:broken_after])

        def log_message(self, *_: object) -> None:
            return None

    return Handler


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub)) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield hub
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        path = tmp_path / "offered" / Path(name).name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "offered"


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> ModelSource:
    build: dict[str, Callable[[], ModelSource]] = {
        "hub": lambda: HubSource(request.getfixturevalue("hub").url, REPOSITORY, REVISION),
        "folder": lambda: FolderSource(request.getfixturevalue("folder")),
        "s3": lambda: _s3(request),
    }
    return build[request.param]()


def _s3(request: pytest.FixtureRequest) -> S3Source:
    request.getfixturevalue("aws")
    client = boto3.client("s3")
    client.create_bucket(Bucket="weights")
    for name, data in FILES.items():
        client.put_object(Bucket="weights", Key=f"models/whisper/{name}", Body=data)
    return S3Source("s3://weights/models/whisper")
