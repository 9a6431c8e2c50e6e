"""The result of one check."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class State(StrEnum):
    """The values are those of `cinedex doctor --json`."""

    OK = "ok"
    REPAIRED = "mended"
    BROKEN = "broken"


class Verdict(BaseModel):
    """`detail` is one sentence, `hint` what to do when the state is `BROKEN`; the aliases are the names in JSON."""

    model_config = ConfigDict(frozen=True)

    subject: str
    state: State
    detail: str = Field(serialization_alias="found")
    hint: str = Field(default="", serialization_alias="mend")


def ok(subject: str, detail: str) -> Verdict:
    return Verdict(subject=subject, state=State.OK, detail=detail)


def repaired(subject: str, detail: str) -> Verdict:
    return Verdict(subject=subject, state=State.REPAIRED, detail=detail)


def broken(subject: str, detail: str, hint: str) -> Verdict:
    return Verdict(subject=subject, state=State.BROKEN, detail=detail, hint=hint)
