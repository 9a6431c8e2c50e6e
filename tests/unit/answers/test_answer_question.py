"""Questions answered from quoted evidence, or honestly not at all."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.answers.domain.answer import Answer, Message, MessageRole
from cinedex.answers.usecases.agent.scoped_library import LibraryReader
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.answers.usecases.answer_question import AnswerQuestion, AnswerRequest, VideoRange
from cinedex.answers.usecases.extract_quotes import ExtractQuotes
from cinedex.answers.usecases.extractive.extractive_agent import ExtractiveAgent
from cinedex.answers.usecases.extractive.quote_search import QuoteSearch
from cinedex.answers.usecases.extractive.score_quotes import ScoreQuotes
from cinedex.answers.usecases.extractive.select_evidence import SelectEvidence
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotFound, StateConflict
from cinedex.kernel.span import span
from cinedex.library.domain.feature import Feature
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument, Vector
from cinedex.search.usecases.querying.scope_videos import ScopeVideos
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.modality import Modality

from tests.support.memory.scenario import FakeClock, FakeFrameAnalyzer
from tests.support.memory.segment_index import MemorySegmentIndex
from tests.support.memory.stores import MemoryMediaStore, MemoryResultStore
from tests.support.memory.timeline import MemoryTimeline
from tests.support.ready_videos import WordVectors, library_of, video
from tests.support.segments import segment

TOUR = "tour"
SPOKEN = (
    (span(2.0, 6.5), "Eileen Collins was the first woman to pilot the space shuttle."),
    (span(7.0, 9.5), "Four years later, in 1999, she became the first woman to command it."),
    (span(12.0, 14.0), "This cat is called Chelsea."),
    (span(22.0, 30.5), "And this is a cup of coffee."),
)
READ = (
    (span(0.7, 10.0), "EILEEN COLLINS"),
    (span(10.7, 20.0), "CHELSEA"),
    (span(20.7, 30.0), "about 5,500 galaxies"),
)


class AnswersFixture:
    """A video of three segments with answers, and two videos without any."""

    def __init__(self) -> None:
        self.vectors, self.index, self.timeline = WordVectors(), MemorySegmentIndex(), MemoryTimeline()
        self.results = MemoryResultStore()
        self.frame_analyzer = FakeFrameAnalyzer()
        self.videos = library_of(
            video(TOUR, duration_s=30.0, name="demo.mp4"),
            video("raw", ready=(Feature.TRANSCRIPT,)),
            video("x", account_id="theirs"),
        )
        captions = ("A person is in view.", "A cat is in view.", "A cup and two people are in view.")
        objects = ("person", "cat", "cup, person")
        documents = [
            segment(
                TOUR,
                i,
                _within(SPOKEN, i),
                caption=captions[i],
                objects=objects[i],
                screen_text=_within(READ, i),
            )
            for i in range(3)
        ]
        fields = IndexedVideo.of(self.videos.get("mine", TOUR))
        self.index.replace_video("mine", TOUR, [self._with_vectors(d) for d in documents], fields)
        self.timeline.replace(TOUR, Track.TRANSCRIPT, 1, _entries(SPOKEN))
        self.timeline.replace(TOUR, Track.SCREEN_TEXT, 1, _entries(READ))

    def _with_vectors(self, document: SegmentDocument) -> SegmentDocument:
        embedded = (Modality.SPEECH, Modality.CAPTION)
        values = self.vectors.embed([document.texts[m] for m in embedded]).vectors
        vectors = tuple(Vector(modality=m, values=v) for m, v in zip(embedded, values, strict=True))
        return document.model_copy(update={"vectors": vectors, "model": self.vectors.model})

    def ask(self, *said: str, context: tuple[VideoRange, ...] = ()) -> Answer:
        """Messages alternate between user and assistant and end with the user."""
        roles = [MessageRole.USER if (len(said) - i) % 2 else MessageRole.ASSISTANT for i in range(len(said))]
        messages = tuple(Message(role=r, content=c) for r, c in zip(roles, said, strict=True))
        return self.answer(AnswerRequest(account_id="mine", messages=messages, video_ranges=context))

    def answer(self, request: AnswerRequest) -> Answer:
        find = RetrieveSegments(self.index, self.vectors)
        evidence = SelectEvidence(
            self.index, find, ExtractQuotes(self.timeline, self.results), ScoreQuotes(self.vectors)
        )
        analyze_frames = AnalyzeFrames(MemoryMediaStore(), self.frame_analyzer)
        agent = ExtractiveAgent(
            QuoteSearch(evidence, analyze_frames, FakeClock()), LibraryReader(self.index, ScopeVideos(self.videos))
        )
        return AnswerQuestion(self.videos, agent)(request)


def _within(spoken: tuple[tuple[Any, str], ...], index: int) -> str:
    return " ".join(text for at, text in spoken if span(index * 10, index * 10 + 10).holds(at.start_s))


def _entries(said: tuple[tuple[Any, str], ...]) -> list[TimelineEntry]:
    return [TimelineEntry(index=i, span=at, body={"text": text}) for i, (at, text) in enumerate(said)]


@pytest.fixture
def fixture() -> AnswersFixture:
    return AnswersFixture()


def test_an_answer_quotes_the_sentence_with_its_own_time(fixture: AnswersFixture) -> None:
    answer = fixture.ask("Who was the first woman to pilot the space shuttle?")
    assert answer.text.splitlines()[0] == (
        "“Eileen Collins was the first woman to pilot the space shuttle.” — demo.mp4, 0:02–0:06 (speech)"
    )
    assert (answer.model, answer.confident) == ("extractive", True)
    assert answer.citations[0].span == span(2.0, 6.5)


@pytest.mark.parametrize(
    "question",
    ["How much does a violin cost?", "submarine", "Does the cat like milk?", "What colour is the cat?", "?!"],
)
def test_a_question_without_an_answer_gets_no_confident_match(fixture: AnswersFixture, question: str) -> None:
    answer = fixture.ask(question)
    assert answer.text == f"No confident match for “{question}” in 1 video."
    assert (answer.confident, answer.citations) == (False, ())


@pytest.mark.parametrize(
    ("question", "quote", "source"),
    [
        ("what animal is shown?", "A cat is in view.", Modality.CAPTION),
        ("What is the name of the cat?", "This cat is called Chelsea.", Modality.SPEECH),
        ("How many galaxies are there?", "about 5,500 galaxies", Modality.SCREEN_TEXT),
        ("how many people are with the cup?", "A cup and two people are in view.", Modality.CAPTION),
        ("When did she command it?", SPOKEN[1][1], Modality.SPEECH),
        ("what text is on screen?", "EILEEN COLLINS", Modality.SCREEN_TEXT),
        ("what objects are there?", "person", Modality.OBJECTS),
        ("what is said?", SPOKEN[0][1], Modality.SPEECH),
    ],
)
def test_the_evidence_is_of_the_kind_the_question_asks_for(
    fixture: AnswersFixture, question: str, quote: str, source: Modality
) -> None:
    first = fixture.ask(question).citations[0]
    assert (first.quote, first.source) == (quote, source)


def test_every_quote_is_verbatim_evidence_inside_its_video(fixture: AnswersFixture) -> None:
    stored = [t for d in fixture.index._videos["mine", TOUR] for t in d.texts.values()]
    citations = [c for q in ("cat", "coffee", "what happens?", "who is it?") for c in fixture.ask(q).citations]
    assert citations
    for citation in citations:
        assert any(citation.quote in text for text in stored)
        assert 0 <= citation.span.start_s <= citation.span.end_s <= 30.0


def test_evidence_outside_the_range_in_question_is_not_used(fixture: AnswersFixture) -> None:
    later = (VideoRange(video_id=TOUR, start_s=10.0, end_s=30.0),)
    assert not fixture.ask("Who was the first woman to pilot the shuttle?", context=later).confident
    assert fixture.ask("What is the name of the cat?", context=later).confident


def test_a_start_alone_looks_at_the_ten_seconds_behind_it(fixture: AnswersFixture) -> None:
    answer = fixture.ask("what is said?", context=(VideoRange(video_id=TOUR, start_s=10.0),))
    assert [c.quote for c in answer.citations] == ["This cat is called Chelsea."]


def test_several_ranges_of_one_video_are_looked_at_together(fixture: AnswersFixture) -> None:
    ranges = (VideoRange(video_id=TOUR, start_s=0, end_s=5), VideoRange(video_id=TOUR, start_s=20, end_s=30))
    assert fixture.ask("coffee", context=ranges).confident


def test_a_follow_up_without_a_subject_uses_the_previous_subject(fixture: AnswersFixture) -> None:
    answer = fixture.ask("Tell me about the cat", "“This cat is called Chelsea.”", "and why?")
    assert "cat" in answer.citations[0].quote


def test_words_answer_when_the_text_model_is_down(fixture: AnswersFixture) -> None:
    fixture.vectors.down = True
    assert fixture.ask("What is the name of the cat?").citations[0].quote == "This cat is called Chelsea."
    assert not fixture.ask("submarine").confident


def test_text_without_a_track_is_quoted_with_the_time_of_its_segment(fixture: AnswersFixture) -> None:
    fixture.timeline.delete(TOUR)
    first = fixture.ask("What is the name of the cat?").citations[0]
    assert (first.quote, first.span) == ("This cat is called Chelsea.", span(10, 20))


def test_captions_that_are_not_ready_are_named(fixture: AnswersFixture) -> None:
    with pytest.raises(StateConflict, match=r"'captions' is not ready for: raw \(none\)"):
        fixture.ask("cat", context=(VideoRange(video_id=TOUR), VideoRange(video_id="raw")))


@pytest.mark.parametrize("video_id", ["unknown", "x"])
def test_unknown_videos_and_videos_of_other_accounts_are_not_found(fixture: AnswersFixture, video_id: str) -> None:
    with pytest.raises(NotFound):
        fixture.ask("cat", context=(VideoRange(video_id=video_id),))


def test_a_range_that_cannot_be_is_refused(fixture: AnswersFixture) -> None:
    for start_s, end_s in ((5.0, 5.0), (-1.0, 5.0), (9.0, 3.0)):
        with pytest.raises(InvalidInput):
            fixture.ask("cat", context=(VideoRange(video_id=TOUR, start_s=start_s, end_s=end_s),))
    with pytest.raises(ImpossibleValue):
        fixture.ask("cat", context=(VideoRange(video_id=TOUR, start_s=30.0),))


@pytest.mark.parametrize("messages", [[], [("user", "cat?"), ("assistant", "Yes.")], [("user", " ")]])
def test_a_conversation_must_end_with_a_question_of_the_user(
    fixture: AnswersFixture, messages: list[tuple[str, str]]
) -> None:
    said = tuple(Message(role=MessageRole(role), content=content) for role, content in messages)
    with pytest.raises(InvalidInput):
        fixture.answer(AnswerRequest(account_id="mine", messages=said))


def test_a_question_has_1_to_8000_characters_and_names_up_to_five_ranges(fixture: AnswersFixture) -> None:
    assert fixture.ask("c" * 8_000).text.startswith("No confident match")
    assert fixture.ask("cat", context=tuple(VideoRange(video_id=TOUR) for _ in range(5))).confident
    with pytest.raises(InvalidInput, match="between 1 and 8000"):
        fixture.ask("c" * 8_001)


@pytest.mark.parametrize(
    ("ranges", "window", "spans"),
    [
        ([(None, None)], (0, 30), []),
        ([(None, 12.0)], (0, 12), []),
        ([(0.0, None)], (0, 10), [(0, 10)]),
        ([(25.0, None)], (25, 30), [(25, 30)]),
        ([(29.9, 40.0)], (29.9, 30), [(29.9, 30)]),
        ([(0.0, 5.0), (20.0, 24.0)], (0, 24), [(0, 5), (20, 24)]),
        ([(20.0, 24.0), (0.0, 5.0)], (0, 24), [(20, 24), (0, 5)]),
    ],
)
def test_the_task_of_the_agent_covers_the_ranges_and_names_each(
    fixture: AnswersFixture,
    ranges: list[tuple[float | None, float | None]],
    window: tuple[float, float],
    spans: list[tuple[float, float]],
) -> None:
    asked = tuple(VideoRange(video_id=TOUR, start_s=start_s, end_s=end_s) for start_s, end_s in ranges)
    question = (Message(role=MessageRole.USER, content="cat?"),)
    agent = ExtractiveAgent.__new__(ExtractiveAgent)  # is not run
    task = AnswerQuestion(fixture.videos, agent).task(
        AnswerRequest(account_id="mine", messages=question, video_ranges=asked)
    )
    assert task.scope.windows == {TOUR: span(*window)}
    assert [item.span for item in task.ranges] == [span(*ends) for ends in spans]


def test_more_than_five_videos_are_refused(fixture: AnswersFixture) -> None:
    with pytest.raises(InvalidInput, match="at most 5"):
        fixture.ask("cat", context=tuple(VideoRange(video_id=TOUR) for _ in range(6)))
