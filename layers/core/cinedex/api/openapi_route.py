"""`GET /openapi.json`: the committed document of the whole HTTP API, which a test holds to the code; needs no key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

DOCUMENT = Path(__file__).parent / "openapi.json"

router = APIRouter(tags=["health"])


@router.get("/openapi.json")
def openapi() -> Response:
    """This document; it describes what all functions answer."""
    return Response(_document(), media_type="application/json")


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()
