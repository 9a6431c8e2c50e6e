"""A real OpenSearch for tests: one that runs already, or one started for them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from local.processes.orphans import MARK, new_mark
from local.processes.watchdog import start_watchdog

READY_S = 120
RECOVERED = f"/_cluster/health?wait_for_status=yellow&timeout={READY_S}s"
HOW_TO_GET_ONE = (
    "no OpenSearch: set OPENSEARCH_URL to a running one (docker run -p 9200:9200 -e discovery.type=single-node "
    "-e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:2), or CINEDEX_OPENSEARCH_HOME to a folder "
    "with a `run --port N` that starts one"
)
_BESIDE_THE_PROJECT = Path(__file__).parents[2].parent / "shared" / "opensearch"


def home() -> Path | None:
    """The folder that `CINEDEX_OPENSEARCH_HOME` names, or `../shared/opensearch` where that exists."""
    chosen = Path(os.environ.get("CINEDEX_OPENSEARCH_HOME", _BESIDE_THE_PROJECT))
    return chosen if (chosen / "run").exists() else None


def is_available() -> bool:
    return bool(os.environ.get("OPENSEARCH_URL")) or home() is not None


@contextmanager
def opensearch(folder: Path) -> Iterator[str]:
    """The URL of the server that runs already, or of one started for as long as this lasts."""
    running = os.environ.get("OPENSEARCH_URL")
    if running:
        yield running
    else:
        with opensearch_of_its_own(folder, free_port()) as url:
            yield url


@contextmanager
def opensearch_of_its_own(folder: Path, port: int, data: Path | None = None) -> Iterator[str]:
    """A server that can be killed; started again with the same `data` it has everything back."""
    mark = new_mark(folder)
    watchdog = start_watchdog(mark, folder / "watchdog.log")
    server, url = start(folder, port, mark, data)
    try:
        yield url
    finally:
        server.terminate()
        server.wait(60)
        watchdog.communicate()


@contextmanager
def world_readable_folder() -> Iterator[Path]:
    """The server may run as another user, who cannot read pytest's own folders."""
    folder = Path(tempfile.mkdtemp(prefix="cinedex-opensearch-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def java_of(port: int) -> int:
    """The process of the server itself: the one child of its `run` script that listens on `port`."""
    listening = (p.pid for p in psutil.process_iter() for c in _listening(p) if c == port)
    return next(listening)


def _listening(process: psutil.Process) -> list[int]:
    try:
        connections = process.net_connections(kind="tcp")
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return []
    return [c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN]


def start(folder: Path, port: int, mark: str, data: Path | None) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server from a copy of the program: it writes beside its configuration, which may be read-only."""
    original, program = home(), folder / "program"
    assert original is not None, HOW_TO_GET_ONE
    if not program.exists():
        shutil.copytree(original, program, copy_function=shutil.copyfile)
        for made in (program, *program.rglob("*/")):
            made.chmod(0o755)
    data_option = ["--data", str(data)] if data else []
    with (folder / "server.log").open("ab") as log:
        command = ["bash", str(program / "run"), "--port", str(port), *data_option]
        server = subprocess.Popen(command, env={**os.environ, MARK: mark}, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    _wait_until_ready(server, url, folder / "server.log")
    return server, url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"OpenSearch ended at once:\n{log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(url + RECOVERED, timeout=READY_S).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    server.terminate()
    raise RuntimeError(f"OpenSearch was not ready in {READY_S} s:\n{log.read_text()[-2000:]}")
