"""A labelled set: queries and the video spans that answer them, one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cinedex_client.errors import WrongRequest

GRADE_OF_AN_ANSWER = 2
OVERLAP_MIN = 0.5
_FORMAT_HINT = "The file docs/06-search-and-answers.md in the repository of Cinedex describes the format."


class InvalidSet(WrongRequest):
    """The labelled set does not have the documented format; `message` names the line."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RelevantSpan(_Line):
    """A span of a video, in seconds, that answers the query; the whole video without `start` and `end`.

    `grade`: 2 answers the query, 1 is related to it.
    """

    video: str
    start: float = Field(default=0.0, ge=0)
    end: float = Field(default=float("inf"), ge=0)
    grade: int = Field(default=GRADE_OF_AN_ANSWER, ge=1, le=GRADE_OF_AN_ANSWER)

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"the span ends at {self.end:g} s, not after its start at {self.start:g} s")
        return self

    def is_shown_by(self, video: str, start: float, end: float) -> bool:
        """True when the span and the hit overlap by at least half of the shorter one."""
        shared = min(self.end, end) - max(self.start, start)
        return video == self.video and shared > 0 and shared >= OVERLAP_MIN * min(self.end - self.start, end - start)


class LabelledVideo(_Line):
    """A video of the library that is searched, whether or not a query has an answer in it."""

    video: str
    description: str | None = None


class LabelledQuery(_Line):
    """`none`: the library contains no answer; `kind` groups queries in the report."""

    query: str = Field(min_length=1)
    kind: str = "all"
    relevant: tuple[RelevantSpan, ...] = ()
    none: bool = False

    @model_validator(mode="after")
    def _has_an_expectation(self) -> Self:
        if self.none == bool(self.relevant):
            raise ValueError('either "relevant" lists at least one span, or "none" is true')
        return self


@dataclass(frozen=True)
class LabelledSet:
    queries: tuple[LabelledQuery, ...]
    videos: tuple[LabelledVideo, ...]


def read_set(path: Path) -> LabelledSet:
    """Read a set from a file; empty lines and lines that begin with `#` are skipped.

    Raises:
        InvalidSet: with the number of the invalid line and the reason.
    """
    lines = list(_lines(path))
    queries = tuple(line for line in lines if isinstance(line, LabelledQuery))
    if not queries:
        raise InvalidSet(f"{path} contains no query.", hint='Each query is a line: {"query": …, "relevant": […]}.')
    described = {line.video: line for line in lines if isinstance(line, LabelledVideo)}
    named = (span.video for query in queries for span in query.relevant)
    return LabelledSet(queries, _videos(described, named))


def _videos(described: dict[str, LabelledVideo], named: Iterator[str]) -> tuple[LabelledVideo, ...]:
    return tuple(({name: LabelledVideo(video=name) for name in named} | described).values())


def _lines(path: Path) -> Iterator[LabelledQuery | LabelledVideo]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows write a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSet(f"{path} cannot be read: {error}.", hint="Give a file of JSON lines.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield _line(f"{path}:{number}", line)


def _line(place: str, line: str) -> LabelledQuery | LabelledVideo:
    kind: type[LabelledQuery | LabelledVideo] = LabelledQuery if '"query"' in line else LabelledVideo
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise InvalidSet(f"{place}: {_reason(error)}.", hint=_FORMAT_HINT) from error


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def spans_shown(spans: Sequence[RelevantSpan], video: str, start: float, end: float) -> list[RelevantSpan]:
    return [span for span in spans if span.is_shown_by(video, start, end)]
