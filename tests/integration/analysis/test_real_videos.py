"""Expected results of the whole product for real videos, from upload to answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cinedex_client import Client
from cinedex_client.models import Video
from jiwer import wer

from tests.support.known_videos import KnownVideos

FEATURES = ("transcript", "captions", "objects", "embeddings", "scenes")
NASA = "nasa_narration_13s.mp4"
NASA_CUTS_S = (5.49, 8.01)
BUNNY = "big_buck_bunny_30s.webm"
PEOPLE = "people_139s.mp4"
TWO_CITIES = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
    "foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it "
    "was the season of Darkness, it was the spring of hope, it was the winter of despair, we had everything "
    "before us, we had nothing before us, we were all going direct to Heaven, we were all going direct the "
    "other way--in short, the period was so far like the present period, that some of its noisiest "
    "authorities insisted on its being received, for good or for evil, in the superlative degree of "
    "comparison only."
)

Analyzed = Callable[[str], Video]


@pytest.fixture
def library(known: KnownVideos) -> Client:
    return known.library


@pytest.fixture
def analyzed(known: KnownVideos) -> Analyzed:
    return known.video


def spoken(library: Client, video: Video) -> str:
    return " ".join(line.text for line in library.transcript(video.video_id))


def found_objects(library: Client, video: Video) -> set[str]:
    return {d.type for segment in library.objects(video.video_id) for d in segment.detections}


@pytest.mark.parametrize("name", [NASA, BUNNY, PEOPLE, "two_cities.wav", "frog_8s.mp4", "cars_30s.mp4"])
def test_every_feature_of_every_video_becomes_ready(analyzed: Analyzed, name: str) -> None:
    video = analyzed(name)
    assert {f: video.detail(f).status for f in FEATURES} == dict.fromkeys(FEATURES, "ready")


def test_the_narrator_is_understood(library: Client, analyzed: Analyzed) -> None:
    text = spoken(library, analyzed(NASA))
    assert "Webb Space Telescope" in text
    assert "Goddard" in text


def test_shots_are_found_where_the_pictures_change(library: Client, analyzed: Analyzed) -> None:
    scenes = list(library.scenes(analyzed(NASA).video_id))
    assert [s.start for s in scenes] == pytest.approx([0.0, *NASA_CUTS_S], abs=0.2)


def test_a_person_is_seen_in_the_clean_room(library: Client, analyzed: Analyzed) -> None:
    assert "person" in found_objects(library, analyzed(NASA))


def test_people_who_walk_by_are_seen_again_and_again(library: Client, analyzed: Analyzed) -> None:
    segments = list(library.objects(analyzed(PEOPLE).video_id))
    assert all(any(d.type == "person" for d in s.detections) for s in segments)
    assert sum(d.type == "person" for s in segments for d in s.detections) >= 40


def test_the_title_of_a_film_is_read_and_its_music_is_not_taken_for_speech(library: Client, analyzed: Analyzed) -> None:
    video = analyzed(BUNNY)
    assert "PRESENTS" in [line.text for line in library.screen_text(video.video_id)]
    assert spoken(library, video) == ""


def test_a_reader_is_understood_nearly_word_for_word(library: Client, analyzed: Analyzed) -> None:
    def plain(text: str) -> str:
        return "".join(c if c.isalpha() else " " for c in text.lower())

    heard = plain(spoken(library, analyzed("two_cities.wav")))
    assert wer(" ".join(plain(TWO_CITIES).split()), " ".join(heard.split())) <= 0.05


def test_a_search_by_meaning_finds_the_telescope_first(library: Client, analyzed: Analyzed) -> None:
    video = analyzed(NASA)
    analyzed(BUNNY)
    hits = library.search("an observatory in space").data
    assert hits
    assert hits[0].video_id == video.video_id
    assert "Telescope" in (hits[0].transcript or "")


def test_what_is_on_screen_can_be_searched(library: Client, analyzed: Analyzed) -> None:
    video = analyzed(BUNNY)
    best = library.search("peach open movie project").data[0]
    assert best.video_id == video.video_id
    assert best.start <= 21.0 < best.end


def test_an_answer_quotes_what_was_said_and_when(library: Client, analyzed: Analyzed) -> None:
    video = analyzed(NASA)
    answer = library.ask("Where is the clean room?", video_ids=[video.video_id])
    assert answer.confident
    assert all(0 <= c.start < c.end <= 13.2 for c in answer.citations)
    said = spoken(library, video)
    assert any(c.quote in said for c in answer.citations)


def test_a_question_without_an_answer_gets_no_confident_match(library: Client, analyzed: Analyzed) -> None:
    answer = library.ask("How do I bake sourdough bread?", video_ids=[analyzed(NASA).video_id])
    assert not answer.confident
    assert answer.citations == []
    assert "No confident match" in answer.response
