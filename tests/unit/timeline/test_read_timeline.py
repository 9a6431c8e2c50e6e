"""Tracks are read page by page; no entry and no word is lost or doubled between two pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from cinedex.kernel.errors import InvalidInput, NotFound, StateConflict
from cinedex.kernel.pagination import CursorToken
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.timeline.entries import Track
from cinedex.timeline.read_timeline import PAGE_LIMIT_MAX, TrackQuery

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp, spoken

SPEECH = tuple(spoken(t, t + 4, f"word{t}a word{t}b word{t}c word{t}d") for t in range(0, 60, 6))
"""Ten utterances of four words, a second each, with two seconds between them."""
WORDS = [w.text for u in SPEECH for w in u.words]


@pytest.fixture
def video(memory_app: InMemoryApp) -> Video:
    _, run = memory_app.started(Feature.TRANSCRIPT)
    memory_app.begin(*memory_app.order(run))
    memory_app.plan_chunks(run, speech=SPEECH)
    return memory_app.now(run)


def entry_pages(memory_app: InMemoryApp, video: Video, **parameters: object) -> Iterator[list[str]]:
    query = TrackQuery.model_validate(parameters)
    while True:
        entries, token = memory_app.read.page(MINE, video.video_id, Track.TRANSCRIPT, query)
        yield [e.body["text"].split()[0] for e in entries]
        if token is None:
            return
        query = query.model_copy(update={"page_token": token})


def word_pages(memory_app: InMemoryApp, video: Video, **parameters: object) -> Iterator[list[str]]:
    query = TrackQuery.model_validate(parameters)
    while True:
        words, token = memory_app.read.words(MINE, video.video_id, query)
        yield [w.text for w in words]
        if token is None:
            return
        query = query.model_copy(update={"page_token": token})


@pytest.mark.parametrize("limit", [1, 3, 5, 9, 10, 11])
def test_all_pages_together_are_the_whole_track(memory_app: InMemoryApp, video: Video, limit: int) -> None:
    pages = list(entry_pages(memory_app, video, page_limit=limit))
    assert [e for page in pages for e in page] == [f"word{t}a" for t in range(0, 60, 6)]
    assert {len(p) for p in pages[:-1]} <= {limit}
    assert pages[-1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 39, 40, 41])
def test_pages_of_words_put_together_are_all_words(memory_app: InMemoryApp, video: Video, limit: int) -> None:
    pages = list(word_pages(memory_app, video, page_limit=limit))
    assert [w for page in pages for w in page] == WORDS
    assert {len(p) for p in pages[:-1]} <= {limit}


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_words_of_a_range_begin_and_end_inside_utterances(memory_app: InMemoryApp, video: Video, limit: int) -> None:
    pages = word_pages(memory_app, video, page_limit=limit, start_s=8.5, end_s=13.5)
    assert [w for page in pages for w in page] == ["word6c", "word6d", "word12a", "word12b"]


def test_words_are_paged_across_the_pages_of_the_store(
    memory_app: InMemoryApp, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.timeline.read_timeline.PAGE_LIMIT_MAX", 3)
    assert [w for page in word_pages(memory_app, video, page_limit=2) for w in page] == WORDS


def test_a_range_holds_what_overlaps_it(memory_app: InMemoryApp, video: Video) -> None:
    assert list(entry_pages(memory_app, video, start_s=10, end_s=19)) == [["word12a", "word18a"]]
    assert list(entry_pages(memory_app, video, start_s=9.9, end_s=12)) == [["word6a"]]


def test_a_range_may_be_open_at_either_end(memory_app: InMemoryApp, video: Video) -> None:
    assert list(entry_pages(memory_app, video, start_s=50)) == [["word48a", "word54a"]]
    assert list(entry_pages(memory_app, video, end_s=6)) == [["word0a"]]


@pytest.mark.parametrize("end_s", [1e7, 1e300, float("inf")])
def test_a_range_may_reach_beyond_any_video(memory_app: InMemoryApp, video: Video, end_s: float) -> None:
    assert list(entry_pages(memory_app, video, start_s=50, end_s=end_s)) == [["word48a", "word54a"]]
    assert list(entry_pages(memory_app, video, start_s=min(end_s, 1e301), end_s=end_s)) == [[]]


@pytest.mark.parametrize(
    ("start_s", "end_s"),
    [(-1, None), (None, -0.5), (5, 4), (float("nan"), None), (0, float("nan")), (float("inf"), None)],
)
def test_a_range_that_cannot_be_is_refused(
    memory_app: InMemoryApp, video: Video, start_s: float | None, end_s: float | None
) -> None:
    with pytest.raises(InvalidInput):
        memory_app.read.page(MINE, video.video_id, Track.TRANSCRIPT, TrackQuery(start_s=start_s, end_s=end_s))


@pytest.mark.parametrize("limit", [0, -1, PAGE_LIMIT_MAX + 1])
def test_the_size_of_a_page_has_limits(memory_app: InMemoryApp, video: Video, limit: int) -> None:
    with pytest.raises(InvalidInput, match="page_limit"):
        memory_app.read.page(MINE, video.video_id, Track.TRANSCRIPT, TrackQuery(page_limit=limit))


@pytest.mark.parametrize("forged", ["!!!", "é", "x", "bm9uc2Vuc2U", CursorToken(query="other", cursor="+1").pack()])
def test_what_is_not_a_token_of_this_query_is_refused(memory_app: InMemoryApp, video: Video, forged: str) -> None:
    with pytest.raises(InvalidInput, match="page_token"):
        memory_app.read.words(MINE, video.video_id, TrackQuery(page_token=forged))


@pytest.mark.parametrize("cursor", ["0000000000#0000000a", "+²", "+-1", "+" + "9" * 5000])
def test_a_token_of_this_query_with_a_forged_cursor_is_refused(
    memory_app: InMemoryApp, video: Video, cursor: str
) -> None:
    _, issued = memory_app.read.words(MINE, video.video_id, TrackQuery(page_limit=5))
    query = json.loads(base64.urlsafe_b64decode(f"{issued}==="))["query"]
    forged = TrackQuery(page_token=CursorToken(query=query, cursor=cursor).pack())
    with pytest.raises(InvalidInput, match="page_token"):
        memory_app.read.words(MINE, video.video_id, forged)


def test_an_empty_token_is_the_beginning(memory_app: InMemoryApp, video: Video) -> None:
    words, _ = memory_app.read.words(MINE, video.video_id, TrackQuery(page_token="", page_limit=1))
    assert [w.text for w in words] == WORDS[:1]


def test_a_token_for_words_is_no_token_for_entries(memory_app: InMemoryApp, video: Video) -> None:
    _, inside = memory_app.read.words(MINE, video.video_id, TrackQuery(page_limit=5))
    with pytest.raises(InvalidInput, match="page_token"):
        memory_app.read.page(MINE, video.video_id, Track.TRANSCRIPT, TrackQuery(page_token=inside))


@pytest.mark.parametrize("other", [{"start_s": 6}, {"end_s": 30}, {"start_s": 6, "end_s": 30}, {}])
@pytest.mark.parametrize("asked", [{"start_s": 6, "end_s": 36}, {"start_s": 0}, {"end_s": 36}])
def test_a_token_of_one_range_is_no_token_of_another(
    memory_app: InMemoryApp, video: Video, asked: dict[str, float], other: dict[str, float]
) -> None:
    def read(range_s: dict[str, float], token: str | None = None) -> tuple[str | None, str | None]:
        query = TrackQuery.model_validate({**range_s, "page_limit": 2, "page_token": token})
        _, of_entries = memory_app.read.page(MINE, video.video_id, Track.TRANSCRIPT, query)
        _, of_words = memory_app.read.words(MINE, video.video_id, query.model_copy(update={"page_token": None}))
        return of_entries, of_words

    of_entries, of_words = read(asked)
    assert of_entries is not None
    assert of_words is not None
    assert read(asked, of_entries)
    with pytest.raises(InvalidInput, match="another query"):
        read(other, of_entries)
    with pytest.raises(InvalidInput, match="another query"):
        memory_app.read.words(MINE, video.video_id, TrackQuery.model_validate({**other, "page_token": of_words}))


def test_the_whole_text_is_never_paged(memory_app: InMemoryApp, video: Video) -> None:
    assert memory_app.read.text(MINE, video.video_id, TrackQuery(page_limit=1)).split() == WORDS


def test_the_text_of_a_range_is_that_of_its_utterances(memory_app: InMemoryApp, video: Video) -> None:
    assert memory_app.read.text(MINE, video.video_id, TrackQuery(start_s=0, end_s=1)) == SPEECH[0].text


def test_a_video_without_speech_has_no_words(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started(Feature.TRANSCRIPT)
    memory_app.begin(*memory_app.order(run))
    memory_app.plan_chunks(run, speech=())
    silent = memory_app.now(run)
    assert memory_app.read.words(MINE, silent.video_id, TrackQuery()) == ((), None)
    assert memory_app.read.text(MINE, silent.video_id, TrackQuery()) == ""


@pytest.mark.parametrize("track", [Track.CAPTIONS, Track.SCREEN_TEXT, Track.OBJECTS])
def test_a_track_is_not_read_before_its_feature_is_ready(memory_app: InMemoryApp, video: Video, track: Track) -> None:
    with pytest.raises(StateConflict, match="Current status: none"):
        memory_app.read.page(MINE, video.video_id, track, TrackQuery())


def test_while_a_transcript_is_computed_again_the_old_one_is_not_shown(memory_app: InMemoryApp, video: Video) -> None:
    memory_app.analysing(video, Feature.TRANSCRIPT, force=True)
    with pytest.raises(StateConflict, match="Current status: pending"):
        memory_app.read.text(MINE, video.video_id, TrackQuery())


def test_another_account_s_video_is_not_found(memory_app: InMemoryApp, video: Video) -> None:
    with pytest.raises(NotFound):
        memory_app.read.text(YOURS, video.video_id, TrackQuery())
