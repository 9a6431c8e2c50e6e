"""What only the SQLite file has to support: many processes, sudden ends, files of other programs."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from cinedex.adapters.sqlite import SqliteIndexVersions, SqliteSegmentIndex
from cinedex.adapters.sqlite.connection import connect
from cinedex.adapters.sqlite.filtering import filter_sql
from cinedex.adapters.sqlite.words import lexical
from cinedex.adapters.sqlite.words.account_rows import SEGMENT_BITS
from cinedex.kernel.errors import StorageFull, StoreUnavailable, Unavailable
from cinedex.library.domain.feature import Feature
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions
from cinedex.search.domain.index.segment_document import QueryVector
from cinedex.timeline.modality import Modality

from tests.support.segments import MODEL, segment, segment_filter

LIMIT = 1000
WRITE_VIDEOS = """
import sys
from pathlib import Path
from cinedex.adapters.sqlite import SqliteSegmentIndex
from tests.support.segments import segment
index = SqliteSegmentIndex(Path(sys.argv[1]))
for round in range(5):
    index.replace_video("mine", sys.argv[2], [segment(sys.argv[2], i, f"round {round}") for i in range(20)])
"""
DIE_WRITING = """
import os, signal, sys
from pathlib import Path
from cinedex.adapters.sqlite import SqliteSegmentIndex, writing
from tests.support.segments import segment
add = writing.add_video
def add_half_and_die(connection, account_id, video_id, documents, video):
    add(connection, account_id, video_id, documents[:5])
    os.kill(os.getpid(), signal.SIGKILL)
writing.add_video = add_half_and_die
SqliteSegmentIndex(Path(sys.argv[1])).replace_video("mine", "a", [segment("a", i, "new") for i in range(10)])
"""
SEARCH_WORDS = """
import sys
from pathlib import Path
from cinedex.adapters.sqlite import SqliteSegmentIndex
from tests.support.segments import segment_filter
SqliteSegmentIndex(Path(sys.argv[1])).search("cat", None, segment_filter("a"), 5)
assert "numpy" not in sys.modules
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


def _python(script: str, *arguments: object) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], env=environment)


def _texts(index: SqliteSegmentIndex, *video_ids: str) -> list[str]:
    return [text for d in index.documents(segment_filter(*video_ids), LIMIT) for text in d.texts.values()]


def test_processes_that_come_at_the_same_time_make_one_file_and_lose_nothing(path: Path) -> None:
    writers = [_python(WRITE_VIDEOS, path, f"video {n}") for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    assert _texts(SqliteSegmentIndex(path), *(f"video {n}" for n in range(4))) == ["round 4"] * 80


def test_a_process_killed_in_the_middle_of_a_write_leaves_the_state_before_it(path: Path) -> None:
    SqliteSegmentIndex(path).replace_video("mine", "a", [segment("a", i, "old") for i in range(3)])
    assert _python(DIE_WRITING, path).wait(60) == -signal.SIGKILL
    survivor = SqliteSegmentIndex(path)
    assert _texts(survivor, "a") == ["old"] * 3
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    survivor.replace_video("mine", "a", [segment("a", 0, "newer")])
    assert _texts(survivor, "a") == ["newer"]


def test_a_reader_does_not_wait_for_a_writer_and_sees_whole_states_only(path: Path) -> None:
    index = SqliteSegmentIndex(path)
    index.replace_video("mine", "a", [segment("a", 0, "old")])
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM segment")
    assert _texts(index, "a") == ["old"]
    writer.rollback()


def test_threads_may_share_an_index(path: Path) -> None:
    index = SqliteSegmentIndex(path)
    texts: list[list[str]] = []

    def work(video_id: str) -> None:
        index.replace_video("mine", video_id, [segment(video_id, i, "text") for i in range(5)])
        texts.append(_texts(index, video_id))

    threads = [threading.Thread(target=work, args=(f"video {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [["text"] * 5] * 4


TEXTS = "speech, caption, screen_text, objects, about, subtitle"
WITHOUT_VIDEOS = (
    "DROP TABLE words",
    "DROP TABLE account",
    "DROP INDEX segment_by_video",
    "DROP INDEX vector_block_by_model",
    "ALTER TABLE segment DROP COLUMN video",
    "ALTER TABLE vector_block DROP COLUMN video",
    "UPDATE segment SET collection_id = 'c1'",
    "DROP TABLE video",
    "DROP TABLE removed_block",
    "DROP TABLE library_change",
)
FORMER_TABLES = {
    1: (
        *WITHOUT_VIDEOS,
        """CREATE VIRTUAL TABLE words USING fts5(
            speech, caption, screen_text, objects, about, tokenize = "porter unicode61 remove_diacritics 2"
        )""",
        """CREATE TABLE lowered (
            segment_id INTEGER NOT NULL, modality TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (segment_id, modality)
        ) WITHOUT ROWID""",
        "INSERT INTO words (rowid, speech) SELECT segment_id, text FROM segment_text",
        "INSERT INTO lowered SELECT segment_id, modality, lower(text) FROM segment_text",
        "DROP TABLE segment_text",
    ),
    2: (
        *WITHOUT_VIDEOS,
        """CREATE VIRTUAL TABLE words USING fts5(
            speech, caption, screen_text, objects, about, tokenize = "porter unicode61 remove_diacritics 0"
        )""",
        "INSERT INTO words (rowid, speech) SELECT segment_id, text FROM segment_text",
    ),
    4: (
        "ALTER TABLE words RENAME TO current_words",
        """CREATE VIRTUAL TABLE words USING fts5(
            speech, caption, screen_text, objects, about, subtitle, scope,
            tokenize = "porter unicode61 remove_diacritics 0"
        )""",
        f"""INSERT INTO words (rowid, {TEXTS}, scope)
            SELECT rowid & {(1 << SEGMENT_BITS) - 1}, {TEXTS}, 'zaccount0 ' || scope FROM current_words""",
        "DROP TABLE current_words",
        "DROP TABLE account",
    ),
}
"""The tables of earlier schemas, made of the current ones."""


def _brought_back_to(version: int, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in (*FORMER_TABLES[version], f"PRAGMA user_version = {version}"):
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("version", FORMER_TABLES)
def test_a_file_of_an_earlier_schema_is_migrated_with_its_texts_and_vectors(path: Path, version: int) -> None:
    texts = ["Cafe\u0301 Müller", "A rocket.", "東京タワーの夜景"]
    documents = [segment("a", i, text, vector=(1.0, 0.0, 0.0)) for i, text in enumerate(texts)]
    SqliteSegmentIndex(path).replace_video("mine", "a", documents)
    _brought_back_to(version, path)
    versions = SqliteIndexVersions(path)
    assert versions.outdated() == (path,)
    versions.migrate()
    assert versions.outdated() == ()
    index, within = SqliteSegmentIndex(path), segment_filter("a")
    hits = index.search("cafe", QueryVector(model=MODEL, values=(1.0, 0.0, 0.0)), within, LIMIT)
    assert [hit.document.segment_index for hit in hits.words] == [0]
    assert [hit.document.texts for hit in index.search("夜景", None, within, LIMIT).words] == [documents[2].texts]
    assert [document.texts for document in index.documents(within, LIMIT)] == [d.texts for d in documents]
    assert len(hits.vectors) == 3
    index.replace_video("mine", "a", documents[:1])
    assert len(index.documents(within, LIMIT)) == 1


@pytest.mark.parametrize("version", FORMER_TABLES)
def test_a_video_of_an_earlier_schema_is_admitted_until_its_fields_are_known(path: Path, version: int) -> None:
    SqliteSegmentIndex(path).replace_video("mine", "a", [segment("a", 0, "A rocket.", vector=(1.0, 0.0, 0.0))])
    _brought_back_to(version, path)
    index = SqliteSegmentIndex(path)
    elsewhere = segment_filter("a", videos=VideoConditions(collection_ids=("c2",), any_of=(Feature.EMBEDDINGS,)))
    vector = QueryVector(model=MODEL, values=(1.0, 0.0, 0.0))
    hits = index.search("rocket", vector, elsewhere, LIMIT)
    assert (len(hits.words), len(hits.vectors), index.count(elsewhere).videos) == (1, 1, 1)
    assert index.unknown_videos(LIMIT) == [("mine", "a")]
    assert index.set_fields(IndexedVideo(account_id="mine", video_id="a", version=3, collection_id="c1"))
    hits = index.search("rocket", vector, elsewhere, LIMIT)
    assert (len(hits.words), len(hits.vectors), index.count(elsewhere).videos) == (0, 0, 0)
    assert index.unknown_videos(LIMIT) == []
    here = segment_filter("a", videos=VideoConditions(collection_ids=("c1",)))
    assert len(index.search("rocket", vector, here, LIMIT).words) == 1


def test_a_file_of_another_schema_version_is_refused_and_left_alone(path: Path) -> None:
    SqliteSegmentIndex(path).replace_video("mine", "a", [segment("a", 0, "old")])
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Unavailable, match=r"The search index was made by another version .*schema 99"):
        SqliteSegmentIndex(path).documents(segment_filter("a"), LIMIT)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM segment").fetchone() == (1,)


@pytest.mark.parametrize(
    "content", [b"not a database, just a long enough text " * 30, b"SQLite format 3\x00 broken" * 9]
)
def test_a_file_that_is_not_a_database_is_refused_and_named_only_in_the_log(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Unavailable) as refused:
        SqliteSegmentIndex(path).documents(segment_filter("a"), LIMIT)
    assert refused.value.message == "The search store is not available."
    assert getattr(refused.value.__cause__, "__notes__", []) == ["Search file: index.sqlite"]
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_not_changed(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(Unavailable, match="schema 0"):
        SqliteSegmentIndex(path).delete_video("mine", "a")
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_a_search_for_words_does_not_import_numpy(path: Path) -> None:
    assert _python(SEARCH_WORDS, path).wait(60) == 0


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_search_returns_as_many_segments_as_its_limit_although_each_has_several_vectors(
    tmp_path: Path, limit: int
) -> None:
    index = SqliteSegmentIndex(tmp_path / "index.sqlite")
    vectors = [((1, 0, 0), (1, 0.1, 0)), ((1, 0.5, 0), (1, 0.6, 0)), ((0, 1, 0), (0, 1, 0))]
    segments = [
        segment("a", n, "one", caption="two", vector=speech, caption_vector=caption)
        for n, (speech, caption) in enumerate(vectors)
    ]
    index.replace_video("mine", "a", segments)
    vector = QueryVector(model=MODEL, values=(1.0, 0.0, 0.0))
    hits = index.search("", vector, segment_filter("a"), limit).vectors
    assert [hit.document.segment_index for hit in hits] == list(range(limit))


def test_of_frequent_words_segments_with_a_rare_or_with_all_words_are_ranked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest segments have the rare word and all words; they are found although only ten segments are ranked."""
    monkeypatch.setattr("cinedex.adapters.sqlite.words.lexical.RANKED_MAX", 10)
    index = SqliteSegmentIndex(path)
    index.replace_video("mine", "a", [segment("a", 0, "a red car with a heron"), segment("a", 1, "a red car")])
    index.replace_video("mine", "b", [segment("b", i, "a red door" if i % 2 else "a blue car") for i in range(40)])
    index.replace_video("yours", "c", [segment("c", i, "a red heron", account_id="yours") for i in range(40)])

    def found(words: str, limit: int, **narrowed: object) -> list[tuple[str, int]]:
        hits = index.search(words, None, segment_filter(**narrowed), limit).words
        return [(hit.document.video_id, hit.document.segment_index) for hit in hits]

    assert found("red heron", 1) == [("a", 0)]
    assert set(found("red car", 2)) == {("a", 0), ("a", 1)}
    assert len(found("red", 20)) == 10
    assert set(found("red", 20, video_ids=("a",))) == {("a", 0), ("a", 1)}


@pytest.mark.parametrize("listed", ["videos", "collections", "both"])
def test_words_are_found_in_old_videos_of_a_long_list(path: Path, listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is looked up in the index in several parts; the newest ten matches are all of another video."""
    for name, value in {"RANKED_MAX": 10, "FILTERED_FACTOR": 1, "TERMS_MAX": 2}.items():
        monkeypatch.setattr(f"cinedex.adapters.sqlite.words.lexical.{name}", value)
    index = SqliteSegmentIndex(path)
    old = [f"old {n}" for n in range(5)]
    for video_id in [*old, "new"]:
        video = IndexedVideo(account_id="mine", video_id=video_id, version=1, collection_id=f"c of {video_id}")
        rows = [segment(video_id, i, "a red car") for i in range(1 if video_id in old else 40)]
        index.replace_video("mine", video_id, rows, video)
    conditions: dict[str, object] = {} if listed == "collections" else {"video_ids": tuple(old)}
    if listed != "videos":
        conditions["videos"] = VideoConditions(collection_ids=tuple(f"c of {video_id}" for video_id in old))
    hits = index.search("red car", None, segment_filter(**conditions), 20).words
    assert sorted(hit.document.video_id for hit in hits) == old
    assert len(index.search("red car", None, segment_filter(**conditions), 3).words) == 3


def test_a_full_disk_refuses_a_write_as_such_and_keeps_what_is_stored(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`max_page_count` makes SQLite answer as on a full disk."""
    opened: list[sqlite3.Connection] = []

    def connected(file: Path) -> sqlite3.Connection:
        opened.append(connect(file))
        return opened[-1]

    monkeypatch.setattr("cinedex.adapters.sqlite.index.connect", connected)
    index = SqliteSegmentIndex(path)
    index.replace_video("mine", "a", [segment("a", 0, "old")])
    (pages,) = opened[0].execute("PRAGMA page_count").fetchone()
    opened[0].execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageFull):
        index.replace_video("mine", "b", [segment("b", i, "a long text " * 99) for i in range(99)])
    assert _texts(index, "a") == ["old"]
    opened[0].execute(f"PRAGMA max_page_count = {pages + 9_999}")
    index.replace_video("mine", "b", [segment("b", 0, "new")])
    assert _texts(index, "b") == ["new"]


def test_a_locked_file_is_unavailable_for_now(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinedex.adapters.sqlite.connection.BUSY_TIMEOUT_S", 0.0)
    index = SqliteSegmentIndex(path)
    index.replace_video("mine", "a", [segment("a", 0, "old")])
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="The search store is not available"):
            index.delete_video("mine", "a")


def test_only_stems_that_a_text_has_are_looked_up(path: Path) -> None:
    """A query has the stems of its words in 32 languages, and most libraries have one."""
    index, looked_up = SqliteSegmentIndex(path), list[str]()
    german = segment("b", 0, "Alte Häuser").model_copy(update={"languages": {Modality.SPEECH: ("de",)}})
    for documents, expected in (([segment("a", 0, "A house")], []), ([german], ["hausʰ"])):
        index.replace_video("mine", documents[0].video_id, documents)
        looked_up.clear()
        with closing(connect(path)) as connection:
            connection.set_trace_callback(looked_up.append)
            within = segment_filter("a", "b")
            lexical.best(connection, "Haus", within, filter_sql(connection, within), 10)
        matched = " ".join(statement for statement in looked_up if "words MATCH" in statement)
        assert re.findall(r"\w+ʰ", matched)[:1] == expected
