"""The clip of the demo, with its searches and questions."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from local.settings import REPOSITORY

CLIP = REPOSITORY / "samples" / "demo.mp4"
TRUTH = REPOSITORY / "samples" / "demo.truth.json"


class SampleEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SampleSearch(SampleEntry):
    query: str


class SampleQuestion(SampleEntry):
    """`answer` is None when the clip does not answer the question."""

    asks: str
    answer: str | None


class Sample(SampleEntry):
    duration_s: float
    searches: tuple[SampleSearch, ...]
    questions: tuple[SampleQuestion, ...]

    @property
    def answered(self) -> SampleQuestion:
        return next(question for question in self.questions if question.answer is not None)

    @property
    def unanswerable(self) -> SampleQuestion:
        return next(question for question in self.questions if question.answer is None)


def load_sample(truth: Path = TRUTH) -> Sample:
    return Sample.model_validate_json(truth.read_bytes())
