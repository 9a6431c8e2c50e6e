"""`GET /health`: whether the application responds. Needs no API key."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, str]:
    """Report that the application responds; checks nothing else."""
    return {"status": "ok"}
