"""The product analyses the demo clip, and the results agree with its truth table."""

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
SHARE_DETECTED_MIN = 0.8

Entry = dict[str, Any]
TRUTH: dict[str, Any] = json.loads((SAMPLES / "demo.truth.json").read_text(encoding="utf-8"))
ANSWERED = [question for question in TRUTH["questions"] if question["answer"] is not None]
UNANSWERABLE = [question for question in TRUTH["questions"] if question["answer"] is None]


@pytest.fixture
def library(known: KnownVideos) -> Client:
    return known.library


@pytest.fixture
def demo(known: KnownVideos) -> Video:
    return known.video("demo.mp4")


@pytest.fixture
def ask(library: Client, demo: Video) -> Callable[[str], Answer]:
    return lambda question: library.ask(question, video_ids=[demo.video_id])


def test_every_feature_becomes_ready(demo: Video) -> None:
    statuses = {name: demo.detail(name).status for name in ("transcript", "captions", "objects", "embeddings")}
    assert statuses == dict.fromkeys(statuses, "ready")


def test_the_scenes_start_at_the_cuts(library: Client, demo: Video) -> None:
    scenes: list[Scene] = list(library.scenes(demo.video_id))
    starts_s = [scene["start_s"] for scene in TRUTH["scenes"]]
    assert [scene.start for scene in scenes] == pytest.approx(starts_s, abs=CUT_TOLERANCE_S)


def test_the_narration_is_transcribed(library: Client, demo: Video) -> None:
    transcript = " ".join(line.text for line in library.transcript(demo.video_id))
    script = " ".join(sentence["text"] for sentence in TRUTH["spoken"])
    assert wer(_words(script), _words(transcript)) <= WORD_ERROR_RATE_MAX


def test_a_scene_with_only_music_has_no_transcript(library: Client, demo: Video) -> None:
    (quiet,) = TRUTH["speechless"]
    middle_s = (quiet["start_s"] + quiet["end_s"]) / 2
    assert [line for line in library.transcript(demo.video_id) if line.start <= middle_s < line.end] == []


@pytest.mark.parametrize("title", TRUTH["titles"], ids=lambda title: title["lines"][0])
def test_a_title_is_read_in_its_span(library: Client, demo: Video, title: Entry) -> None:
    shown = [line.text for line in library.screen_text(demo.video_id) if _overlap(line, title)]
    missing = [line for line in title["lines"] if _letters(line) not in map(_letters, shown)]
    assert missing == []


@pytest.mark.parametrize("expected", TRUTH["objects"], ids=lambda expected: expected["label"])
def test_an_object_is_detected_in_its_span_and_at_no_other_time(library: Client, demo: Video, expected: Entry) -> None:
    times_s = sorted({at_s for at_s in _detection_times_s(library.objects(demo.video_id), expected["label"])})
    inside = [at_s for at_s in times_s if expected["start_s"] <= at_s < expected["end_s"]]
    assert inside == times_s
    assert len(inside) >= SHARE_DETECTED_MIN * (expected["end_s"] - expected["start_s"] - 1)


@pytest.mark.parametrize("search", TRUTH["searches"], ids=lambda search: search["query"])
def test_a_search_returns_its_scene_first(library: Client, demo: Video, search: Entry) -> None:
    results = library.search(search["query"], video_ids=[demo.video_id])
    assert _overlap(results.data[0], search)


@pytest.mark.parametrize("question", ANSWERED, ids=lambda question: question["asks"])
def test_an_answer_cites_the_expected_moment(ask: Callable[[str], Answer], question: Entry) -> None:
    answer = ask(question["asks"])
    assert answer.confident
    assert _letters(question["answer"]) in _letters(answer.response)
    assert any(_overlap(citation, question) for citation in answer.citations)


@pytest.mark.parametrize("question", UNANSWERABLE, ids=lambda question: question["asks"])
def test_a_question_without_an_answer_in_the_clip_has_no_citations(
    ask: Callable[[str], Answer], question: Entry
) -> None:
    answer = ask(question["asks"])
    assert (answer.confident, answer.citations) == (False, [])


def test_a_question_about_a_range_analyzes_its_frames(known: KnownVideos, demo: Video) -> None:
    """Stored lines have the span of a shot; lines of analyzed frames have a span inside the range."""
    with client(known.stack, known.key) as api:
        context = [{"video_id": demo.video_id, "start": 17.0, "end": 20.0}]
        body = {"messages": [{"role": "user", "content": "What does the screen say?"}], "context": context}
        answer = api.post("/v2/chat", json=body).json()
    assert [c["quote"] for c in answer["citations"]] == ["EILEEN COLLINS", "astronaut and pilot"]
    assert all(c["source"] == "screen_text" for c in answer["citations"])
    assert all(17.0 <= c["start"] < c["end"] < 20.0 for c in answer["citations"])


def test_a_query_can_limit_the_time_and_exclude_words(known: KnownVideos, demo: Video) -> None:
    def search(query: str) -> dict[str, Any]:
        body = {"query": query, "video_ids": [demo.video_id]}
        reply: dict[str, Any] = client(known.stack, known.key).post("/v2/search", json=body).json()
        return reply

    drink = search("a hot drink")["data"][0]
    late = search("a hot drink after 0:30")
    assert (late["data"][0]["start"], late["parsed_query"]["range"]["start"]) == (drink["start"], 30.0)
    assert all(hit["start"] < 10 for hit in search("a hot drink in the first 10 seconds")["data"])
    assert drink["start"] not in [hit["start"] for hit in search("a hot drink, but not coffee")["data"]]


def _detection_times_s(segments: Iterator[ObjectSegment], label: str) -> Iterator[float]:
    detections = chain.from_iterable(segment.detections for segment in segments)
    return (d.frame_timestamp_start for d in detections if d.type == label)


def _overlap(result: Any, expected: Entry) -> bool:
    return bool(result.start < expected["end_s"] and result.end > expected["start_s"])


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _words(text: str) -> str:
    return " ".join("".join(letter for letter in text.casefold() if letter.isalnum() or letter == " ").split())
