"""The process of a function: `python -m local.functions.runtime HANDLER DESCRIPTOR CONCURRENCY`.

AWS's own runtime client imports and calls the handler and formats its errors. Instead of the HTTP of the Runtime API,
which any process on the machine could call, invocations arrive over a socket that only this process and its owner have.
"""

from __future__ import annotations

import os
import queue
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from awslambdaric import bootstrap
from awslambdaric.lambda_runtime_exception import FaultException
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller, to_json

from local.functions import frames
from local.functions.frames import Frame


class Connection:
    """The socket to the owner; several threads may send."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._file = self._socket.makefile("rb")
        self._sending = threading.Lock()

    def send(self, kind: str, body: bytes = b"", **header: Any) -> None:
        with self._sending:
            self._socket.sendall(frames.encode({"kind": kind, **header}, body))

    def read(self) -> Frame | None:
        return frames.read(self._file)


class Invocation:
    """What AWS's runtime client calls with the result of one invocation, in place of its HTTP client."""

    marshaller = LambdaMarshaller()

    def __init__(self, connection: Connection, invocation_id: int) -> None:
        self._connection, self._id = connection, invocation_id

    def post_invocation_result(self, _id: str, result: str | bytes, *_options: Any) -> None:
        self._connection.send("result", _encoded(result), id=self._id)

    def post_invocation_error(self, _id: str, error: str, *_options: Any) -> None:
        self._connection.send("error", _encoded(error), id=self._id)


class Runtime:
    """Calls the handler for each invocation that arrives."""

    def __init__(self, handler: Any, connection: Connection, log_sink: Any) -> None:
        self._handler, self._connection, self._log_sink = handler, connection, log_sink

    def serve(self, concurrency: int) -> None:
        """With a concurrency of one, in this thread, as in AWS; otherwise in as many threads.

        A thread of its own reads, so that the process also ends with its owner while a handler runs.
        """
        arrived: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=[arrived], name="reader", daemon=True).start()
        pool = ThreadPoolExecutor(concurrency, "invocation") if concurrency > 1 else None
        while True:
            frame = arrived.get()
            if pool is None:
                self.handle(frame)
            else:
                pool.submit(self.handle, frame)

    def handle(self, frame: Frame) -> None:
        header = frame.header
        bootstrap.handle_event_request(
            Invocation(self._connection, header["id"]),
            self._handler,
            header["request_id"],
            frame.body,
            "application/json",
            None,
            None,
            header["arn"],
            header["deadline_ms"],
            None,
            self._log_sink,
        )

    def _read(self, arrived: queue.SimpleQueue[Frame]) -> None:
        while (frame := self._connection.read()) is not None:
            arrived.put(frame)
        os._exit(0)


def main() -> None:
    handler_name, descriptor, concurrency = sys.argv[1:]
    connection, log_sink = Connection(int(descriptor)), bootstrap.init_logging()
    try:
        handler = bootstrap._get_handler(handler_name)
    except FaultException as error:
        _refuse(connection, log_sink, bootstrap.make_error(error.msg, error.exception_type, error.trace))
    except Exception:
        # The outermost loop of the process: any exception of an imported module is reported to the owner.
        _refuse(connection, log_sink, bootstrap.build_fault_result(sys.exc_info(), None))
    else:
        connection.send("ready")
        Runtime(handler, connection, log_sink).serve(int(concurrency))


def _refuse(connection: Connection, log_sink: Any, error: dict[str, Any]) -> None:
    bootstrap.log_error(error, log_sink)
    connection.send("init_error", to_json(error).encode())
    raise SystemExit(1)


def _encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


if __name__ == "__main__":
    main()
