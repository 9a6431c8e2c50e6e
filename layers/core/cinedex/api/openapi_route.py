"""`GET /openapi.json`: the committed document of all HTTP APIs. Needs no API key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

DOCUMENT = Path(__file__).parent / "openapi.json"

router = APIRouter(tags=["health"])


@router.get("/openapi.json")
def openapi() -> Response:
    """Get this document, which describes all routes of all functions."""
    return Response(_document(), media_type="application/json")


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()
