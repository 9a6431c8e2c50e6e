"""The truth table of the sample clip; every time in it is in seconds from the clip's start."""

from collections.abc import Sequence
from typing import Any

from samples.pictures import FRAMES_PER_S, HEIGHT, TITLE_READABLE_S, WIDTH
from samples.screenplay import QUESTIONS, SEARCHES, Question, Search
from samples.takes import Take


def truth(takes: Sequence[Take]) -> dict[str, Any]:
    """What every feature should find, and what it should not."""
    return {
        "duration_s": takes[-1].end_s,
        "frames_per_s": FRAMES_PER_S,
        "width": WIDTH,
        "height": HEIGHT,
        "scenes": [{"name": take.scene.name, **_lasting(take)} for take in takes],
        "spoken": [sentence for take in takes for sentence in _spoken(take)],
        "speechless": [_lasting(take) for take in takes if not take.spoken],
        "titles": [_titles(take) for take in takes],
        "objects": [{"label": label, **_lasting(take)} for take in takes for label in take.scene.objects],
        "searches": [_search(search, takes) for search in SEARCHES],
        "questions": [_question(question, takes) for question in QUESTIONS],
    }


def _spoken(take: Take) -> list[dict[str, Any]]:
    return [
        {"text": said.text, **_span(take.start_s + said.start_s, take.start_s + said.end_s)} for said in take.spoken
    ]


def _titles(take: Take) -> dict[str, Any]:
    lines = [take.scene.title, take.scene.subtitle]
    return {"lines": lines, **_span(take.start_s + TITLE_READABLE_S, take.end_s)}


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
