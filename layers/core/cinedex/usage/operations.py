"""Usage of an account: analysed video by feature, searches, chats, detections, turns and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cinedex.library.domain.feature import CATALOG, Feature


class Operation(StrEnum):
    """Operations counted per call."""

    SEARCH = "searches"
    CHAT = "chats"
    SEGMENT = "segments"


class Usage(BaseModel):
    """Of one or several days. Video is counted in milliseconds, so that sums of short videos are exact."""

    model_config = ConfigDict(frozen=True)

    operations: dict[Operation, int] = dict.fromkeys(Operation, 0)
    analysed_ms: dict[Feature, int] = dict.fromkeys(CATALOG, 0)
    turns: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def minutes(self, feature: Feature) -> float:
        return round(self.analysed_ms.get(feature, 0) / 60_000, 4)


class DayUsage(BaseModel):
    model_config = ConfigDict(frozen=True)

    day: date
    usage: Usage


def total(days: Iterable[DayUsage]) -> Usage:
    listed = [d.usage for d in days]
    return Usage(
        operations={operation: sum(u.operations.get(operation, 0) for u in listed) for operation in Operation},
        analysed_ms={feature: sum(u.analysed_ms.get(feature, 0) for u in listed) for feature in CATALOG},
        turns=sum(u.turns for u in listed),
        input_tokens=sum(u.input_tokens for u in listed),
        output_tokens=sum(u.output_tokens for u in listed),
    )
