"""The truth table of a clip; all times are in seconds from the start of the clip."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from samples.format import VideoFormat
from samples.pictures import TITLE_READABLE_S
from samples.script_model import DemoQuestion, DemoSearch
from samples.shots import Shot


def truth(shots: Sequence[Shot], video_format: VideoFormat) -> dict[str, Any]:
    """The expected result of every feature."""
    return {
        "duration_s": shots[-1].end_s,
        "frames_per_s": video_format.frames_per_s,
        "width": video_format.width,
        "height": video_format.height,
        "scenes": [{"name": shot.scene.name, **_extent(shot)} for shot in shots],
        "spoken": [sentence for shot in shots for sentence in _spoken(shot)],
        "speechless": [_extent(shot) for shot in shots if not shot.spoken],
        "titles": [_titles(shot) for shot in shots],
        "objects": [{"label": label, **_extent(shot)} for shot in shots for label in shot.scene.objects],
    }


def search_truth(
    shots: Sequence[Shot], searches: Iterable[DemoSearch], questions: Iterable[DemoQuestion]
) -> dict[str, Any]:
    """The expected results of the searches and questions."""
    return {
        "searches": [_search(search, shots) for search in searches],
        "questions": [_question(question, shots) for question in questions],
    }


def write_table(table: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _spoken(shot: Shot) -> list[dict[str, Any]]:
    return [
        {"text": sentence.text, **_span(shot.start_s + sentence.start_s, shot.start_s + sentence.end_s)}
        for sentence in shot.spoken
    ]


def _titles(shot: Shot) -> dict[str, Any]:
    shown = (shot.scene.title, shot.scene.subtitle, *shot.scene.lines)
    return {"lines": [line for line in shown if line], **_span(shot.start_s + TITLE_READABLE_S, shot.end_s)}


def _search(search: DemoSearch, shots: Sequence[Shot]) -> dict[str, Any]:
    (match,) = [shot for shot in shots if shot.scene.name == search.scene]
    return {"query": search.query, **_extent(match)}


def _question(question: DemoQuestion, shots: Sequence[Shot]) -> dict[str, Any]:
    entry = {"asks": question.text, "answer": question.answer, "evidence": question.evidence}
    match = next((shot for shot in shots if shot.scene.name == question.scene), None)
    return entry | (_extent(match) if match else {})


def _extent(shot: Shot) -> dict[str, float]:
    return _span(shot.start_s, shot.end_s)


def _span(start_s: float, end_s: float) -> dict[str, float]:
    return {"start_s": round(start_s, 2), "end_s": round(end_s, 2)}
