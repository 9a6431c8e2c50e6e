"""The frames of the time that a question names are analysed for its answer."""

from __future__ import annotations

import pytest
from cinedex.answers.usecases.answer_question import VideoRange
from cinedex.detection.frame_analyzer import Observation
from cinedex.kernel.span import Span, span
from cinedex.timeline.modality import Modality

from tests.unit.answers.test_answer_question import TOUR, AnswersFixture

UMBRELLA = Observation(text="two umbrellas", span=span(12.0, 14.5), source=Modality.OBJECTS)
NOTICE = Observation(text="MIND THE STEP", span=span(11.5, 16.0), source=Modality.SCREEN_TEXT)


@pytest.fixture
def fixture() -> AnswersFixture:
    """Its frame analyzer returns observations that are not in the timeline."""
    fixture = AnswersFixture()
    fixture.frame_analyzer.observations = (UMBRELLA, NOTICE)
    return fixture


def at(start_s: float | None, end_s: float | None = None) -> tuple[VideoRange, ...]:
    return (VideoRange(video_id=TOUR, start_s=start_s, end_s=end_s),)


@pytest.mark.parametrize(
    ("question", "observation"),
    [
        ("what objects are visible?", UMBRELLA),
        ("what does the sign say?", NOTICE),
        ("what is in the picture?", UMBRELLA),
        ("are there umbrellas?", UMBRELLA),
        ("how many umbrellas are there?", UMBRELLA),
    ],
)
def test_fresh_observations_answer_with_the_times_of_their_frames(
    fixture: AnswersFixture, question: str, observation: Observation
) -> None:
    first = fixture.ask(question, context=at(10.0, 20.0)).citations[0]
    assert (first.quote, first.span, first.source) == (observation.text, observation.span, observation.source)


def test_a_sight_never_reaches_out_of_its_range(fixture: AnswersFixture) -> None:
    spans = [c.span for c in fixture.ask("what objects are visible?", context=at(10.0, 13.0)).citations]
    assert spans == [span(12.0, 13.0)]


def test_without_a_start_nothing_is_looked_at(fixture: AnswersFixture) -> None:
    for context in ((), at(None), at(None, 20.0)):
        fixture.ask("what objects are visible?", context=context)
    assert fixture.frame_analyzer.requests == []


def test_a_question_about_speech_does_not_analyse_frames(fixture: AnswersFixture) -> None:
    assert fixture.ask("what is said?", context=at(10.0)).confident
    assert fixture.frame_analyzer.requests == []


def test_a_start_alone_means_ten_seconds_that_end_with_the_video(fixture: AnswersFixture) -> None:
    for start_s in (0.0, 12.0, 25.0):
        fixture.ask("what objects are visible?", context=at(start_s))
    assert [within for _, within, _ in fixture.frame_analyzer.requests] == [span(0, 10), span(12, 22), span(25, 30)]


def test_each_range_is_looked_at_for_its_share_of_the_time(fixture: AnswersFixture) -> None:
    fixture.ask("what objects are visible?", context=(*at(0.0, 4.0), *at(20.0, 30.0)))
    requested: list[tuple[Span, float]] = [
        (within, seconds_max) for _, within, seconds_max in fixture.frame_analyzer.requests
    ]
    assert requested == [(span(0, 4), 6.0), (span(20, 30), 6.0)]


def test_a_single_range_is_looked_at_for_twelve_seconds(fixture: AnswersFixture) -> None:
    fixture.ask("what objects are visible?", context=at(0.0, 4.0))
    assert [seconds_max for _, _, seconds_max in fixture.frame_analyzer.requests] == [12.0]


def test_stored_evidence_is_used_beside_fresh_observations(fixture: AnswersFixture) -> None:
    assert (
        fixture.ask("What is the name of the cat?", context=at(10.0)).citations[0].quote
        == "This cat is called Chelsea."
    )


def test_stored_evidence_answers_when_frames_cannot_be_analyzed(fixture: AnswersFixture) -> None:
    fixture.frame_analyzer.down = True
    citations = fixture.ask("what objects are visible?", context=at(10.0, 20.0)).citations
    assert [(c.quote, c.source) for c in citations] == [("cat", Modality.OBJECTS)]


def test_sound_without_pictures_is_not_looked_at(fixture: AnswersFixture) -> None:
    heard = fixture.videos.get("mine", TOUR)
    assert heard.probe is not None
    fixture.videos.save(heard.changed(probe=heard.probe.model_copy(update={"video_codec": None})))
    fixture.ask("what objects are visible?", context=at(10.0))
    assert fixture.frame_analyzer.requests == []
