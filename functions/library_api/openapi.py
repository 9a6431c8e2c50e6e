"""`GET /openapi.json`: the committed document of the whole HTTP API; needs no key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

DOCUMENT = Path(__file__).parent / "openapi.json"

router = APIRouter()


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> Response:
    """What other functions answer is described in it, too; a test holds it to what the code says."""
    return Response(_document(), media_type="application/json")


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()
