"""What makes two requests the same: method, path, query and the meaning of the body, not its spelling."""

from __future__ import annotations

import hashlib
import json

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from cinedex.kernel.fingerprint import fingerprint

CHUNK_BYTES = 1024**2


async def fingerprint_of(request: Request, body: bytes) -> str:
    """SHA-256; `request` must still be able to read `body`, whose form is compared by fields and file contents."""
    return fingerprint(request.method, request.url.path, request.url.query, await _meaning(request, body))


async def _meaning(request: Request, body: bytes) -> str:
    """A client that tries again picks a new multipart boundary; bytes that mean nothing to us are compared as such."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await _form(request)
        return json.dumps(json.loads(body), sort_keys=True)
    except (ValueError, MultiPartException, HTTPException, RecursionError):
        return hashlib.sha256(body).hexdigest()


async def _form(request: Request) -> str:
    async with request.form() as form:
        told = [(name, await _content(value)) for name, value in form.multi_items()]
    return json.dumps(sorted(told))


async def _content(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return value
    digest = hashlib.sha256()
    while chunk := await value.read(CHUNK_BYTES):
        digest.update(chunk)
    return f"{value.filename}:{digest.hexdigest()}"
