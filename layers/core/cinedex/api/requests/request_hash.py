"""Tells whether two requests are equal: by method, path, query and the content of the body, not its bytes."""

from __future__ import annotations

import hashlib
import json

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from cinedex.api.requests.multipart_form import read_multipart_form
from cinedex.kernel.fingerprint import fingerprint

CHUNK_BYTES = 1024**2


async def request_hash(request: Request, body: bytes) -> str:
    """SHA-256. `request` must still be able to read `body`; forms are compared by their fields and file contents."""
    return fingerprint(request.method, request.url.path, request.url.query, await _content(request, body))


async def _content(request: Request, body: bytes) -> str:
    """A repeated form has another multipart boundary. A body that cannot be parsed is compared byte by byte."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await _form(request)
        return json.dumps(json.loads(body), sort_keys=True)
    except (ValueError, MultiPartException, HTTPException, RecursionError):
        return hashlib.sha256(body).hexdigest()


async def _form(request: Request) -> str:
    form = await read_multipart_form(request)
    try:
        fields = [(name, await _field(value)) for name, value in form.multi_items()]
    finally:
        await form.close()
    return json.dumps(sorted(fields))


async def _field(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return value
    digest = hashlib.sha256()
    while chunk := await value.read(CHUNK_BYTES):
        digest.update(chunk)
    return f"{value.filename}:{digest.hexdigest()}"
