"""The result of one check."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class State(StrEnum):
    OK = "ok"
    MENDED = "mended"
    BROKEN = "broken"


class Verdict(BaseModel):
    """`found` is one sentence, `mend` what a person does when it is broken."""

    model_config = ConfigDict(frozen=True)

    subject: str
    state: State
    found: str
    mend: str = ""


def ok(subject: str, found: str) -> Verdict:
    return Verdict(subject=subject, state=State.OK, found=found)


def mended(subject: str, found: str) -> Verdict:
    return Verdict(subject=subject, state=State.MENDED, found=found)


def broken(subject: str, found: str, mend: str) -> Verdict:
    return Verdict(subject=subject, state=State.BROKEN, found=found, mend=mend)
