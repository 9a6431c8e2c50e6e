"""Whether the API answers at all; needs no key."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, str]:
    """Answers without looking at anything else."""
    return {"status": "ok"}
