"""The sample clip goes through the whole product, and its truth table holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from cinedex_client import Client
from cinedex_client.models import Answer, ObjectSegment, Scene, Video
from jiwer import wer

from tests.support.callers import client
from tests.support.known_videos import SAMPLES, KnownVideos

CUT_TOLERANCE_S = 0.2
WORD_ERROR_RATE_MAX = 0.05
SECONDS_SEEN_MIN = 0.8

Entry = dict[str, Any]
TRUTH: dict[str, Any] = json.loads((SAMPLES / "demo.truth.json").read_text(encoding="utf-8"))
ANSWERED = [question for question in TRUTH["questions"] if question["answer"] is not None]
UNANSWERABLE = [question for question in TRUTH["questions"] if question["answer"] is None]


@pytest.fixture
def library(known: KnownVideos) -> Client:
    return known.library


@pytest.fixture
def tour(known: KnownVideos) -> Video:
    return known.video("demo.mp4")


@pytest.fixture
def ask(library: Client, tour: Video) -> Callable[[str], Answer]:
    return lambda question: library.ask(question, video_ids=[tour.video_id])


def test_every_feature_becomes_ready(tour: Video) -> None:
    statuses = {name: tour.detail(name).status for name in ("transcript", "captions", "objects", "embeddings")}
    assert statuses == dict.fromkeys(statuses, "ready")


def test_the_scenes_are_cut_where_the_pictures_change(library: Client, tour: Video) -> None:
    scenes: list[Scene] = list(library.scenes(tour.video_id))
    starts_s = [scene["start_s"] for scene in TRUTH["scenes"]]
    assert [scene.start for scene in scenes] == pytest.approx(starts_s, abs=CUT_TOLERANCE_S)


def test_the_narration_is_understood(library: Client, tour: Video) -> None:
    heard = " ".join(line.text for line in library.transcript(tour.video_id))
    said = " ".join(sentence["text"] for sentence in TRUTH["spoken"])
    assert wer(_words(said), _words(heard)) <= WORD_ERROR_RATE_MAX


def test_nothing_is_heard_where_only_music_plays(library: Client, tour: Video) -> None:
    (quiet,) = TRUTH["speechless"]
    middle_s = (quiet["start_s"] + quiet["end_s"]) / 2
    assert [line for line in library.transcript(tour.video_id) if line.start <= middle_s < line.end] == []


@pytest.mark.parametrize("title", TRUTH["titles"], ids=lambda title: title["lines"][0])
def test_a_title_is_read_while_it_is_shown(library: Client, tour: Video, title: Entry) -> None:
    shown = [line.text for line in library.screen_text(tour.video_id) if _overlap(line, title)]
    missing = [line for line in title["lines"] if _letters(line) not in map(_letters, shown)]
    assert missing == []


@pytest.mark.parametrize("thing", TRUTH["objects"], ids=lambda thing: thing["label"])
def test_an_object_is_seen_while_it_is_shown_and_at_no_other_time(library: Client, tour: Video, thing: Entry) -> None:
    seen_s = sorted({instant for instant in _sightings_s(library.objects(tour.video_id), thing["label"])})
    inside = [at_s for at_s in seen_s if thing["start_s"] <= at_s < thing["end_s"]]
    assert inside == seen_s
    assert len(inside) >= SECONDS_SEEN_MIN * (thing["end_s"] - thing["start_s"] - 1)


@pytest.mark.parametrize("search", TRUTH["searches"], ids=lambda search: search["query"])
def test_a_search_finds_its_scene_first(library: Client, tour: Video, search: Entry) -> None:
    found = library.search(search["query"], video_ids=[tour.video_id])
    assert _overlap(found.data[0], search)


@pytest.mark.parametrize("question", ANSWERED, ids=lambda question: question["asks"])
def test_a_question_is_answered_with_a_citation_of_the_right_moment(
    ask: Callable[[str], Answer], question: Entry
) -> None:
    answer = ask(question["asks"])
    assert answer.confident
    assert _letters(question["answer"]) in _letters(answer.response)
    assert any(_overlap(citation, question) for citation in answer.citations)


@pytest.mark.parametrize("question", UNANSWERABLE, ids=lambda question: question["asks"])
def test_a_question_that_the_clip_does_not_answer_gets_no_answer(ask: Callable[[str], Answer], question: Entry) -> None:
    answer = ask(question["asks"])
    assert (answer.confident, answer.citations) == (False, [])


def test_frames_of_a_range_are_looked_at_again(known: KnownVideos, tour: Video) -> None:
    """Stored lines stand from cut to cut; what is looked at now is seen in frames inside the range."""
    with client(known.stack, known.key) as api:
        context = [{"video_id": tour.video_id, "start": 17.0, "end": 20.0}]
        asked = {"messages": [{"role": "user", "content": "What does the screen say?"}], "context": context}
        answer = api.post("/v2/chat", json=asked).json()
    assert [c["quote"] for c in answer["citations"]] == ["EILEEN COLLINS", "astronaut and pilot"]
    assert all(c["source"] == "screen_text" for c in answer["citations"])
    assert all(17.0 <= c["start"] < c["end"] < 20.0 for c in answer["citations"])


def test_a_query_may_say_when_and_what_not(known: KnownVideos, tour: Video) -> None:
    def found(query: str) -> dict[str, Any]:
        asked = {"query": query, "video_ids": [tour.video_id]}
        reply: dict[str, Any] = client(known.stack, known.key).post("/v2/search", json=asked).json()
        return reply

    drink = found("a hot drink")["data"][0]
    late = found("a hot drink after 0:30")
    assert (late["data"][0]["start"], late["parsed_query"]["range"]["start"]) == (drink["start"], 30.0)
    assert all(hit["start"] < 10 for hit in found("a hot drink in the first 10 seconds")["data"])
    assert drink["start"] not in [hit["start"] for hit in found("a hot drink, but not coffee")["data"]]


def _sightings_s(segments: Iterator[ObjectSegment], label: str) -> Iterator[float]:
    detections = chain.from_iterable(segment.detections for segment in segments)
    return (seen.frame_timestamp_start for seen in detections if seen.type == label)


def _overlap(found: Any, wanted: Entry) -> bool:
    return bool(found.start < wanted["end_s"] and found.end > wanted["start_s"])


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _words(text: str) -> str:
    return " ".join("".join(letter for letter in text.casefold() if letter.isalnum() or letter == " ").split())
