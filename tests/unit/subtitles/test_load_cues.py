"""The object of all embedded tracks is read and parsed once, not once for each track."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from cinedex.answers.usecases.agent.subtitles_tool import SubtitlesTool
from cinedex.answers.usecases.agent.tool import RangeArguments
from cinedex.answers.usecases.extract_quotes import ExtractQuotes
from cinedex.kernel.span import span
from cinedex.library.domain.subtitle_track import SubtitleSource, SubtitleTrack
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.subtitles.cue import Cue, StoredCues
from cinedex.subtitles.subtitle_store import load_all_cues, load_cues
from cinedex.timeline.modality import Modality

from tests.support.agent_fixture import AgentFixture
from tests.support.memory.stores import MemoryResultStore
from tests.support.memory.timeline import MemoryTimeline
from tests.support.ready_videos import video
from tests.support.segments import segment

ONCE = {"film": 1, "sent": 1}


class CountingStore(MemoryResultStore):
    def __init__(self) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()

    def get(self, key: str) -> Any:
        self.reads[key] += 1
        return super().get(key)


@pytest.fixture
def store() -> CountingStore:
    store = CountingStore()
    store.put("film", StoredCues(cues=((cue(1.0, "Hello"),), (cue(12.0, "Hallo"),))).model_dump(mode="json"))
    store.put("sent", StoredCues(cues=((cue(2.0, "Bonjour"),),)).model_dump(mode="json"))
    return store


def cue(start_s: float, text: str) -> Cue:
    return Cue(span=span(start_s, start_s + 1), text=text)


def track(key: str, position: int = 0) -> SubtitleTrack:
    name = f"{key}-{position}"
    return SubtitleTrack(track_id=name, source=SubtitleSource.EMBEDDED, format="ass", key=key, position=position)


VIDEO = video("v", subtitles=(track("film"), track("film", 1), track("sent"), track("")))


def test_all_cues_are_read_with_one_read_for_each_object(store: CountingStore) -> None:
    assert [c.text for c in load_all_cues(store, VIDEO.subtitles)] == ["Hello", "Hallo", "Bonjour"]
    assert store.reads == ONCE


def test_the_other_tracks_of_an_object_are_not_parsed(store: CountingStore) -> None:
    film = store.get("film")
    store.put("film", {"cues": [["no cue"], film["cues"][1]]})
    assert [c.text for c in load_cues(store, track("film", 1))] == ["Hallo"]
    assert load_cues(store, track("")) == ()


def test_the_quotes_of_many_segments_read_the_cues_of_a_video_once(store: CountingStore) -> None:
    documents = [segment("v", index, subtitle="text") for index in range(3)]
    segments = [ScoredSegment(document=d, score=1.0, matched=(Modality.SUBTITLE,)) for d in documents]
    quotes = ExtractQuotes(MemoryTimeline(), store)(segments, {"v": VIDEO}, {"v": VIDEO.whole})
    assert [quote.text for quote in quotes] == ["Hello", "Bonjour", "Hallo"]
    assert store.reads == ONCE


def test_the_index_reads_the_cues_of_a_video_once(store: CountingStore) -> None:
    texts = AssembleDocuments(store, MemoryTimeline())._subtitles(VIDEO)
    assert [timed.text for timed in texts] == ["Hello", "Hallo", "Bonjour"]
    assert store.reads == ONCE


def test_the_tool_of_the_agent_reads_the_cues_of_a_video_once(store: CountingStore) -> None:
    found = SubtitlesTool(store).read(AgentFixture().library(), VIDEO, RangeArguments(video_id="v"))
    assert [evidence.text for evidence in found] == ["Hello", "Bonjour", "Hallo"]
    assert store.reads == ONCE
