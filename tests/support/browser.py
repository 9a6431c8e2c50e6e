"""A page of another origin in a real Chromium, which attacks addresses of this machine and reports what it could do."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

EVIL = "evil.example"
TIME_LIMIT_S = 120
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PAGE = """<!doctype html><meta charset="utf-8"><title>page of another origin</title><script>
async function attempt({url, ...options}) {
  const control = new AbortController(), timer = setTimeout(() => control.abort(), 5000)
  try {
    const answer = await fetch(url, {...options, signal: control.signal})
    return {type: answer.type, status: answer.status, text: await answer.text(),
            headers: Object.fromEntries(answer.headers)}
  } catch (error) {
    return {type: "refused", status: 0, text: String(error), headers: {}}
  } finally { clearTimeout(timer) }
}
(async () => {
  const attempts = await (await fetch("/attempts")).json(), answers = []
  for (let n = 0; n < attempts.length; n += 6) answers.push(...await Promise.all(attempts.slice(n, n + 6).map(attempt)))
  await fetch("/report", {method: "POST", body: JSON.stringify(answers)})
})()
</script>"""


def chromium() -> str:
    """Skips the test when there is none."""
    found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install --no-install-recommends chromium")
    return found


def answers_in_a_page(attempts: Sequence[dict[str, Any]], profile: Path) -> list[dict[str, Any]]:
    """What a page of `EVIL` gets for each `fetch`; the name of this origin leads to this machine, as do all others."""
    server = _Server(attempts)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    browser = subprocess.Popen(_command(profile, f"http://{EVIL}:{server.server_port}/"), **_QUIET)
    try:
        assert server.reported.wait(TIME_LIMIT_S), "the page did not report"
    finally:
        browser.terminate()
        browser.wait()
        server.shutdown()
        server.server_close()
    return server.answers


def text_of_page(url: str, profile: Path) -> str:
    """The document that the browser shows for an address whose name leads to this machine."""
    command = _command(profile, url, "--dump-dom")
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIME_LIMIT_S).stdout


_QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _command(profile: Path, url: str, *options: str) -> list[str]:
    return [
        *(chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server"),
        *(f"--user-data-dir={profile}", "--disable-dev-shm-usage", "--host-resolver-rules=MAP *.example 127.0.0.1"),
        *options,
        url,
    ]


class _Server(HTTPServer):
    """Serves the page, its list of attempts, and receives its report."""

    def __init__(self, attempts: Sequence[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.attempts = attempts
        self.answers: list[dict[str, Any]] = []
        self.reported = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        is_page = self.path == "/"
        content = _PAGE if is_page else json.dumps(self.server.attempts)
        self.send_response(200)
        self.send_header("content-type", "text/html" if is_page else "application/json")
        self.end_headers()
        self.wfile.write(content.encode())

    def do_POST(self) -> None:
        self.server.answers = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(204)
        self.end_headers()
        self.server.reported.set()

    def log_message(self, *_: Any) -> None:
        """Not to the output of the tests."""
