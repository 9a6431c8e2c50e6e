"""The set over the larger library is made as the decision on it says, and points at what is there."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cinedex_client.evaluation.labelled_set import LabelledSet, RelevantSpan, read_set

from samples.script_files import SCREENPLAYS, read_screenplay

REPOSITORY = Path(__file__).parents[3]
SEARCH = REPOSITORY / "samples" / "search"
OLDER_SET = SEARCH / "media.jsonl"

PROPORTIONS = {
    "words": 20,
    "screen": 24,
    "misremembered": 12,
    "paraphrase": 34,
    "question": 22,
    "noun": 14,
    "mixed": 12,
    "object": 8,
    "about": 8,
    "time": 5,
    "quoted": 5,
    "negation": 4,
    "near_miss": 48,
    "none": 16,
}
WITHOUT_ANSWER = {"near_miss", "none"}


@pytest.fixture(scope="module")
def labelled() -> LabelledSet:
    return read_set(SEARCH / "library.jsonl")


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """The truth table of every video that has one."""
    files = [REPOSITORY / "samples" / "demo.truth.json", *(SEARCH / "clips").glob("*.truth.json")]
    return {file.name.replace(".truth.json", ".mp4"): json.loads(file.read_text(encoding="utf-8")) for file in files}


def spans(labelled: LabelledSet) -> list[RelevantSpan]:
    return [span for query in labelled.queries for span in query.relevant]


def test_queries_come_in_the_proportions_that_were_fixed_before_anything_was_searched(labelled: LabelledSet) -> None:
    assert Counter(query.kind for query in labelled.queries) == PROPORTIONS
    assert {query.kind for query in labelled.queries if query.none} == WITHOUT_ANSWER
    assert not any(query.relevant for query in labelled.queries if query.kind in WITHOUT_ANSWER)


def test_the_decision_tells_the_same_proportions() -> None:
    page = REPOSITORY / "docs" / "decisions" / "2026-11-26-a-second-labelled-set-over-a-larger-library.md"
    told = page.read_text(encoding="utf-8")
    assert [kind for kind, count in PROPORTIONS.items() if f"| {kind} | {count} |" not in told] == []


def test_a_third_is_exact_and_a_third_is_said_in_other_words(labelled: LabelledSet) -> None:
    kinds = Counter(query.kind for query in labelled.queries if not query.none)
    third = kinds.total() / 3
    assert kinds["words"] + kinds["screen"] + kinds["misremembered"] == third
    assert kinds["paraphrase"] + kinds["question"] == third


def test_no_query_is_asked_twice_or_belongs_to_the_older_set(labelled: LabelledSet) -> None:
    asked = [query.query.casefold() for query in labelled.queries]
    assert len(set(asked)) == len(asked)
    many_in_common = {query.query.casefold() for query in read_set(OLDER_SET).queries} & set(asked)
    assert len(many_in_common) < 0.05 * len(asked)


def test_the_library_is_every_clip_and_every_video_of_the_older_set(labelled: LabelledSet) -> None:
    told = {video.video: video.description for video in labelled.videos}
    clips = {f"{path.stem}.mp4": read_screenplay(path).description for path in SCREENPLAYS.glob("*.toml")}
    older = {video.video: video.description for video in read_set(OLDER_SET).videos}
    assert told == older | clips


def test_every_span_is_a_scene_of_a_clip_or_a_whole_video(labelled: LabelledSet, tables: dict[str, Any]) -> None:
    scenes = {(video, scene["start_s"], scene["end_s"]) for video, table in tables.items() for scene in table["scenes"]}
    whole = {(video.video, 0.0, float("inf")) for video in labelled.videos}
    assert [span for span in spans(labelled) if (span.video, span.start, span.end) not in scenes | whole] == []


def test_every_clip_is_the_answer_to_several_queries_and_grades_are_used(labelled: LabelledSet) -> None:
    answering = Counter(span.video for span in spans(labelled))
    assert min(answering[f"{path.stem}.mp4"] for path in SCREENPLAYS.glob("*.toml")) >= 4
    assert {span.grade for span in spans(labelled)} == {1, 2}
    assert sum(len(query.relevant) > 1 for query in labelled.queries) >= 30


def test_what_is_asked_in_quotation_marks_is_said_or_shown_there_word_for_word(
    labelled: LabelledSet, tables: dict[str, Any]
) -> None:
    quoted = [query for query in labelled.queries if query.kind == "quoted"]
    missing = [
        (query.query, span)
        for query in quoted
        for span in query.relevant
        if query.query.strip('"') not in _text(tables[span.video], span).casefold()
    ]
    assert quoted
    assert missing == []


def _text(table: dict[str, Any], span: RelevantSpan) -> str:
    spoken = [said["text"] for said in table["spoken"] if _inside(said, span)]
    shown = [line for title in table["titles"] if _inside(title, span) for line in title["lines"]]
    return "\n".join([*spoken, *shown])


def _inside(part: dict[str, Any], span: RelevantSpan) -> bool:
    return bool(span.start <= part["start_s"] and part["end_s"] <= span.end)
