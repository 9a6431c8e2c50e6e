"""A function under AWS's own runtime client, over the HTTP of the Runtime API: what the product is compared with."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from local.settings import PYTHONPATH, REPOSITORY

ARN = "arn:aws:lambda:us-east-1:000000000000:function:F"
SECONDS_MAX = 60


class AwsRuntime:
    """One process of a handler; invocations are one after another."""

    def __init__(self, handler: str, environment: Mapping[str, str]) -> None:
        self._events: queue.Queue[bytes] = queue.Queue()
        self._results: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._requests())
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        api = f"127.0.0.1:{self._server.server_port}"
        variables = {**os.environ, **environment, "PYTHONPATH": PYTHONPATH, "AWS_LAMBDA_RUNTIME_API": api}
        command = [sys.executable, "-m", "awslambdaric", handler]
        self._process = subprocess.Popen(command, env=variables, cwd=REPOSITORY, stdout=subprocess.DEVNULL)

    def invoke(self, event: Any) -> tuple[str, Any]:
        """`response`, `error` or `init`, and its document."""
        self._events.put(json.dumps(event).encode())
        return self._results.get(timeout=SECONDS_MAX)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._server.shutdown()
        self._server.server_close()

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        events, results = self._events, self._results

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "1")
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 20) * 1000)))
                self._send(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = "init" if "/init/" in self.path else self.path.rsplit("/", 1)[-1]
                self.send_response(202)
                self._send(b"")
                results.put((kind, json.loads(body)))

            def _send(self, body: bytes) -> None:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Requests


@contextmanager
def aws_runtime(handler: str, environment: Mapping[str, str]) -> Iterator[AwsRuntime]:
    runtime = AwsRuntime(handler, environment)
    try:
        yield runtime
    finally:
        runtime.close()
