"""`/health` of the local stack says what is wrong, whatever else does not answer."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from local.gateway import health
from local.gateway.health import StackHealth
from tests.support.file_server import serving


@pytest.fixture
def listening_without_answering() -> Iterator[str]:
    """As a stopped process: the kernel accepts connections that no process reads."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/health"


def client_of(emulator_url: str, folder: Path) -> TestClient:
    return TestClient(Starlette(routes=[Route("/health", StackHealth(emulator_url, folder).respond)]))


def test_a_stack_that_is_well_is_ok_and_leaves_no_file(tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        response = client_of(url, tmp_path).get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["x-request-id"]
    assert list(tmp_path.iterdir()) == []


def test_an_emulator_that_accepts_and_never_answers_is_named(
    listening_without_answering: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_LIMIT_S", 0.2)
    response = client_of(listening_without_answering, tmp_path).get("/health")
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert "does not answer" in response.json()["emulator"]
    assert response.json()["disk"] == "ok"


def test_a_stack_is_not_ready_before_its_first_api_key_exists(tmp_path: Path) -> None:
    key = tmp_path / "api_key"
    with serving(tmp_path) as url:
        client = TestClient(Starlette(routes=[Route("/health", StackHealth(url, tmp_path, key).respond)]))
        early = client.get("/health")
        key.write_text("sk_live_1")
        assert client.get("/health").json() == {"status": "ok"}
    assert early.status_code == 503
    assert early.json() == {
        "status": "unavailable",
        "emulator": "ok",
        "disk": "ok",
        "api_key": "The stack starts, and has no API key yet.",
    }


def test_a_query_parameter_is_refused(tmp_path: Path) -> None:
    response = client_of("http://127.0.0.1:9/health", tmp_path).get("/health?x=1")
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, "x")
    assert error["message"] == "Unknown query parameter 'x'. This route has no query parameters."


def test_an_emulator_that_is_not_there_is_named(tmp_path: Path) -> None:
    response = client_of("http://127.0.0.1:9/health", tmp_path).get("/health")
    assert response.status_code == 503
    assert "does not answer" in response.json()["emulator"]


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written")])
def test_a_disk_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError(code, "reason")

    monkeypatch.setattr(health, "_write_and_delete", refuse)
    with serving(tmp_path) as url:
        response = client_of(url, tmp_path).get("/health")
    assert response.status_code == 503
    assert words in response.json()["disk"]
    assert response.json()["emulator"] == "ok"
