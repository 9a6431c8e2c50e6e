"""The clip the demo shows, and what is worth searching and asking in it."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from local.settings import REPOSITORY

CLIP = REPOSITORY / "samples" / "tour.mp4"
TRUTH = REPOSITORY / "samples" / "tour.truth.json"


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Search(Entry):
    query: str


class Question(Entry):
    """`answer` is None where the clip has none."""

    asks: str
    answer: str | None


class Sample(Entry):
    duration_s: float
    searches: tuple[Search, ...]
    questions: tuple[Question, ...]

    @property
    def answered(self) -> Question:
        return next(question for question in self.questions if question.answer is not None)

    @property
    def unanswerable(self) -> Question:
        return next(question for question in self.questions if question.answer is None)


def load_sample(truth: Path = TRUTH) -> Sample:
    return Sample.model_validate_json(truth.read_bytes())
