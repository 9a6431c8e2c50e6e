"""The API key that the local stack stores in its home folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from local import api_key
from local.api_key import ensure_api_key
from local.errors import ChildFailed
from local.home import Home

Answer = Callable[[int], str]


@pytest.fixture
def answering() -> Iterator[Answer]:
    """Starts a server that answers every request with a status; returns its address."""
    servers = []

    def start(status: int) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"no table")

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path).prepare()
    home.api_key.write_text("sk_live_local")
    return home


def test_an_api_that_fails_is_reported_with_the_logs_of_the_home_in_use(home: Home, answering: Answer) -> None:
    with pytest.raises(ChildFailed, match="The API answers 500: no table") as error:
        ensure_api_key(home, answering(500))
    assert error.value.hint == f"See {home.logs}."


@pytest.mark.parametrize(("status", "key"), [(200, "sk_live_local"), (401, "sk_live_new")])
def test_a_key_is_replaced_only_when_the_api_does_not_know_it(
    home: Home, answering: Answer, monkeypatch: pytest.MonkeyPatch, status: int, key: str
) -> None:
    monkeypatch.setattr(api_key, "_create", lambda _: "sk_live_new")
    assert ensure_api_key(home, answering(status)) == key
    assert home.api_key.read_text().strip() == key
