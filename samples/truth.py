"""The truth table of a clip; every time in it is in seconds from the clip's start."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from samples.format import Format
from samples.pictures import TITLE_READABLE_S
from samples.script_model import Question, Search
from samples.shots import Take


def truth(takes: Sequence[Take], form: Format) -> dict[str, Any]:
    """What every feature should find."""
    return {
        "duration_s": takes[-1].end_s,
        "frames_per_s": form.frames_per_s,
        "width": form.width,
        "height": form.height,
        "scenes": [{"name": take.scene.name, **_lasting(take)} for take in takes],
        "spoken": [sentence for take in takes for sentence in _spoken(take)],
        "speechless": [_lasting(take) for take in takes if not take.spoken],
        "titles": [_titles(take) for take in takes],
        "objects": [{"label": label, **_lasting(take)} for take in takes for label in take.scene.objects],
    }


def asked(takes: Sequence[Take], searches: Iterable[Search], questions: Iterable[Question]) -> dict[str, Any]:
    """What should be found by whoever searches and asks, and what should not."""
    return {
        "searches": [_search(search, takes) for search in searches],
        "questions": [_question(question, takes) for question in questions],
    }


def write_table(table: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _spoken(take: Take) -> list[dict[str, Any]]:
    return [
        {"text": said.text, **_span(take.start_s + said.start_s, take.start_s + said.end_s)} for said in take.spoken
    ]


def _titles(take: Take) -> dict[str, Any]:
    shown = (take.scene.title, take.scene.subtitle, *take.scene.lines)
    return {"lines": [line for line in shown if line], **_span(take.start_s + TITLE_READABLE_S, take.end_s)}


def _search(search: Search, takes: Sequence[Take]) -> dict[str, Any]:
    (shown,) = [take for take in takes if take.scene.name == search.scene]
    return {"query": search.query, **_lasting(shown)}


def _question(question: Question, takes: Sequence[Take]) -> dict[str, Any]:
    asked = {"asks": question.asks, "answer": question.answer, "evidence": question.evidence}
    shown = next((take for take in takes if take.scene.name == question.scene), None)
    return asked | (_lasting(shown) if shown else {})


def _lasting(take: Take) -> dict[str, float]:
    return _span(take.start_s, take.end_s)


def _span(start_s: float, end_s: float) -> dict[str, float]:
    return {"start_s": round(start_s, 2), "end_s": round(end_s, 2)}
