"""The labelled set of the search library has the proportions of its decision page, and its spans exist."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cinedex_client.evaluation.labelled_set import LabelledSet, RelevantSpan, read_set

from samples.script_files import SCRIPTS, read_script

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


def test_queries_have_the_proportions_that_were_fixed_before_the_first_evaluation(labelled: LabelledSet) -> None:
    assert Counter(query.kind for query in labelled.queries) == PROPORTIONS
    assert {query.kind for query in labelled.queries if query.none} == WITHOUT_ANSWER
    assert not any(query.relevant for query in labelled.queries if query.kind in WITHOUT_ANSWER)


def test_the_decision_page_lists_the_same_proportions() -> None:
    page = REPOSITORY / "docs" / "decisions" / "2026-11-26-a-second-labelled-set-over-a-larger-library.md"
    text = page.read_text(encoding="utf-8")
    assert [kind for kind, count in PROPORTIONS.items() if f"| {kind} | {count} |" not in text] == []


def test_a_third_of_the_queries_is_literal_and_a_third_is_paraphrased(labelled: LabelledSet) -> None:
    kinds = Counter(query.kind for query in labelled.queries if not query.none)
    third = kinds.total() / 3
    assert kinds["words"] + kinds["screen"] + kinds["misremembered"] == third
    assert kinds["paraphrase"] + kinds["question"] == third


def test_no_query_occurs_twice_and_few_occur_in_the_older_set(labelled: LabelledSet) -> None:
    texts = [query.query.casefold() for query in labelled.queries]
    assert len(set(texts)) == len(texts)
    shared = {query.query.casefold() for query in read_set(OLDER_SET).queries} & set(texts)
    assert len(shared) < 0.05 * len(texts)


def test_the_library_contains_every_clip_and_every_video_of_the_older_set(labelled: LabelledSet) -> None:
    library = {video.video: video.description for video in labelled.videos}
    clips = {f"{path.stem}.mp4": read_script(path).description for path in SCRIPTS.glob("*.toml")}
    older = {video.video: video.description for video in read_set(OLDER_SET).videos}
    assert library == older | clips


def test_every_span_is_a_scene_of_a_clip_or_a_whole_video(labelled: LabelledSet, tables: dict[str, Any]) -> None:
    scenes = {(video, scene["start_s"], scene["end_s"]) for video, table in tables.items() for scene in table["scenes"]}
    whole = {(video.video, 0.0, float("inf")) for video in labelled.videos}
    assert [span for span in spans(labelled) if (span.video, span.start, span.end) not in scenes | whole] == []


def test_every_clip_is_relevant_to_several_queries_and_both_grades_occur(labelled: LabelledSet) -> None:
    answering = Counter(span.video for span in spans(labelled))
    assert min(answering[f"{path.stem}.mp4"] for path in SCRIPTS.glob("*.toml")) >= 4
    assert {span.grade for span in spans(labelled)} == {1, 2}
    assert sum(len(query.relevant) > 1 for query in labelled.queries) >= 30


def test_a_quoted_query_occurs_literally_in_the_speech_or_text_of_its_span(
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
    spoken = [sentence["text"] for sentence in table["spoken"] if _inside(sentence, span)]
    shown = [line for title in table["titles"] if _inside(title, span) for line in title["lines"]]
    return "\n".join([*spoken, *shown])


def _inside(entry: dict[str, Any], span: RelevantSpan) -> bool:
    return bool(span.start <= entry["start_s"] and entry["end_s"] <= span.end)
