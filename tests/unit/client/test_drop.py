"""`cinedex drop`: what is new or changed is sent, and nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cinedex_client.connection import Connection
from cinedex_client.drop import PART_BYTES_MIN, DropSync, SentFiles, etag_of, files_below, record_file
from cinedex_client.drop_watch import SettledFiles, settled
from cinedex_client.errors import ClientError
from cinedex_client.upload_records import UploadRecords

STORE = "http://store.test"


class DropServer:
    """The drop folder of a deployment; with `fails`, the store refuses one more file."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.requests: list[str] = []
        self.parts: dict[int, bytes] = {}
        self.fails = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return self._put(request)
        body = json.loads(request.content)
        if request.url.path == "/v2/drop/uploads/complete":
            content = b"".join(self.parts[n] for n in sorted(self.parts))
            self.files[body["path"]] = hashlib.md5(content).hexdigest()
            return httpx.Response(200, json={"status": "success"})
        self.requests.append(body["path"])
        if body["path"].endswith("refused.mp4"):
            return httpx.Response(422, json={"error": {"type": "x", "message": "Not this one."}})
        is_known = self.files.get(body["path"]) == body["etag"]
        return httpx.Response(200, json={"key": body["path"], "upload": None if is_known else self._ticket(body)})

    def _ticket(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["size_bytes"] <= PART_BYTES_MIN:
            return {"method": "single", "url": f"{STORE}/one", "headers": {"x-path": body["path"].encode().hex()}}
        numbers = range(1, -(-body["size_bytes"] // PART_BYTES_MIN) + 1)
        parts = [{"part_number": n, "url": f"{STORE}/part/{n}"} for n in numbers]
        return {"method": "multipart", "upload_id": "u", "part_size_bytes": PART_BYTES_MIN, "parts": parts}

    def _put(self, request: httpx.Request) -> httpx.Response:
        content, etag = request.read(), hashlib.md5(request.content).hexdigest()
        if request.url.path.startswith("/part/"):
            self.parts[int(request.url.path.rsplit("/", 1)[1])] = content
        else:
            self.files[bytes.fromhex(request.headers["x-path"]).decode()] = etag
        return httpx.Response(200, headers={"ETag": f'"{etag}"'})


@pytest.fixture
def server() -> DropServer:
    return DropServer()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "Trips"
    for name in ("b.mp4", "a.mp4", "day 1/é+.mp4", ".DS_Store", ".git/x.mp4", "Thumbs.db"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


@pytest.fixture
def sync(server: DropServer, folder: Path, tmp_path: Path) -> Callable[[], list[str]]:
    """One run of the command; the paths that it has sent."""

    def run() -> list[str]:
        transport = httpx.MockTransport(server)
        with Connection("http://cinedex.test", "key", transport=transport, pause=lambda _: None) as connection:
            sent = SentFiles(record_file(tmp_path / "records", connection.url, folder, "Trips"))
            one = DropSync(connection, folder, "Trips", sent, UploadRecords(tmp_path / "uploads"))
            for path in files_below(folder):
                if one.is_due(path):
                    one.send(path, lambda _: None)
            return one.uploaded

    return run


def test_every_file_but_hidden_ones_is_sent_under_its_path(sync: Callable[[], list[str]], server: DropServer) -> None:
    assert sync() == ["Trips/a.mp4", "Trips/b.mp4", "Trips/day 1/é+.mp4"]
    assert sorted(server.files) == ["Trips/a.mp4", "Trips/b.mp4", "Trips/day 1/é+.mp4"]


def test_a_repetition_asks_for_nothing_and_sends_what_has_changed(
    sync: Callable[[], list[str]], server: DropServer, folder: Path
) -> None:
    sync()
    server.requests.clear()
    assert (sync(), server.requests) == ([], [])
    (folder / "a.mp4").write_bytes(b"longer than before")
    (folder / "new.mp4").write_bytes(b"new")
    assert sync() == ["Trips/a.mp4", "Trips/new.mp4"]


def test_without_a_record_a_file_that_the_deployment_has_is_not_sent(
    sync: Callable[[], list[str]], server: DropServer, tmp_path: Path
) -> None:
    sync()
    for record in (tmp_path / "records").iterdir():
        record.write_text("not JSON")
    assert (sync(), len(server.requests)) == ([], 6)


def test_a_file_that_was_touched_is_compared_and_not_sent(
    sync: Callable[[], list[str]], server: DropServer, folder: Path
) -> None:
    sync()
    os.utime(folder / "a.mp4", (1, 1))
    assert (sync(), server.requests[3:]) == ([], ["Trips/a.mp4"])


def test_a_run_that_was_interrupted_continues_with_the_next_file(
    sync: Callable[[], list[str]], server: DropServer, folder: Path
) -> None:
    (folder / "aa refused.mp4").write_bytes(b"x")
    with pytest.raises(ClientError):
        sync()
    (folder / "aa refused.mp4").unlink()
    assert sync() == ["Trips/b.mp4", "Trips/day 1/é+.mp4"]


def test_a_large_file_is_sent_in_parts(sync: Callable[[], list[str]], server: DropServer, folder: Path) -> None:
    content = bytes(PART_BYTES_MIN) + b"the rest"
    (folder / "large.mp4").write_bytes(content)
    assert "Trips/large.mp4" in sync()
    assert server.files["Trips/large.mp4"] == hashlib.md5(content).hexdigest()


def test_an_empty_file_waits_for_its_content(sync: Callable[[], list[str]], folder: Path) -> None:
    (folder / "a.mp4").write_bytes(b"")
    assert "Trips/a.mp4" not in sync()
    (folder / "a.mp4").write_bytes(b"content")
    assert sync() == ["Trips/a.mp4"]


def test_etags_are_those_of_s3(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"hello")
    large.write_bytes(bytes(PART_BYTES_MIN) + b"x")
    assert etag_of(small) == "5d41402abc4b2a76b9719d911017c592"
    digests = hashlib.md5(bytes(PART_BYTES_MIN)).digest() + hashlib.md5(b"x").digest()
    assert etag_of(large) == f"{hashlib.md5(digests).hexdigest()}-2"


def test_a_file_is_settled_when_it_has_stopped_growing(tmp_path: Path) -> None:
    now = [0.0]
    files, path = SettledFiles(settled_s=2.0, clock=lambda: now[0]), tmp_path / "clip.mp4"
    path.write_bytes(b"1")
    assert not files.look(path)
    now[0] = 1.9
    assert not files.look(path)
    path.write_bytes(b"12")
    now[0] = 2.5
    assert not files.look(path)
    now[0] = 4.4
    assert not files.look(path)
    now[0] = 4.5
    assert files.look(path)
    path.unlink()
    assert not files.look(path)


def test_watching_yields_files_that_are_due_once_they_have_settled(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("cinedex_client.drop_watch.SettledFiles", lambda: SettledFiles(1.0, lambda: now[0]))
    done: set[Path] = set()

    def pulses() -> Iterator[None]:
        for now[0] in (0.0, 0.5, 1.0, 3.0):
            yield None

    found = []
    for path in settled(folder, lambda one: one not in done and one.name != "b.mp4", pulses()):
        found.append(path.name)
        done.add(path)
    assert found == ["a.mp4", "é+.mp4"]
