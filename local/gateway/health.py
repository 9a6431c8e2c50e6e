"""Health checks of the gateway, which call no function, so that they answer whatever else does not."""

from __future__ import annotations

import asyncio
import errno
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.gateway.envelope import NO_RATE_LIMIT, REQUEST_ID, refused_query

HEALTH_PATH = "/.local/health"
"""Whether the gateway itself is up."""
API_HEALTH_PATH = "/health"
"""Whether the stack can serve requests."""
CHECK_LIMIT_S = 2.0
PROBE_BYTES = 256 * 1024
RETRY_AFTER_S = 2
OK = "ok"


@dataclass(frozen=True)
class StackHealth:
    """`emulator_url` answers a GET when the emulator is up; `folder` is on the disk that the stack writes to.

    `api_key` is the file without which no client can use the stack: the first start writes it after the gateway is up.
    """

    emulator_url: str
    folder: Path
    api_key: Path | None = None

    async def respond(self, request: Request) -> Response:
        """200 if everything is well, otherwise 503 with one sentence for each part; 400 for a query."""
        refused = refused_query(API_HEALTH_PATH, request.query_params, uuid.uuid4().hex)
        if refused is not None:
            return refused
        emulator, disk = await asyncio.gather(self._check_emulator(), self._check_disk())
        api_key = self._check_api_key()
        if emulator == disk == api_key == OK:
            return JSONResponse({"status": OK}, headers=_headers(0))
        parts = {"status": "unavailable", "emulator": emulator, "disk": disk, "api_key": api_key}
        return JSONResponse(parts, status_code=503, headers=_headers(RETRY_AFTER_S))

    def _check_api_key(self) -> str:
        is_there = self.api_key is None or self.api_key.exists()
        return OK if is_there else "The stack starts, and has no API key yet."

    async def _check_emulator(self) -> str:
        try:
            async with (
                httpx.AsyncClient(timeout=CHECK_LIMIT_S, trust_env=False) as client,
                asyncio.timeout(CHECK_LIMIT_S),
            ):
                await client.get(self.emulator_url)
        except (httpx.TransportError, TimeoutError):
            return f"The emulator does not answer within {CHECK_LIMIT_S:.0f} s."
        return OK

    async def _check_disk(self) -> str:
        try:
            async with asyncio.timeout(CHECK_LIMIT_S):
                await asyncio.to_thread(_write_and_delete, self.folder)
        except TimeoutError:
            return f"The disk does not write a file within {CHECK_LIMIT_S:.0f} s."
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return "The disk is full. Free some space; no restart is needed."
            return f"The disk cannot be written: {error.strerror}."
        return OK


def _headers(retry_after_s: int) -> dict[str, str]:
    return {REQUEST_ID: uuid.uuid4().hex, **NO_RATE_LIMIT, "retry-after": str(retry_after_s)}


def _write_and_delete(folder: Path) -> None:
    probe = folder / f"health-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
