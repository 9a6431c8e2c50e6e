"""Embedded subtitles: the text tracks of every container, at the times of a player."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from cinedex.adapters.pyav.inspection import inspect
from cinedex.adapters.pyav.streams import known_tag
from cinedex.analysis.domain.model_results import EmbeddedSubtitles

from gpu_tasks.task_errors import CorruptMedia
from gpu_tasks.task_table import TASKS
from tests.support.edited_media import beeping, joined, subtitled
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message, task_run

LINES = [(1.0, 2.5, "Hello <i>world</i>"), (5.0, 7.0, "Second\nline")]
SHOWN = [(1.0, 2.5, "Hello world"), (5.0, 7.0, "Second\nline")]


def read(path: Path) -> EmbeddedSubtitles:
    results = MemoryResultStore()
    result = TASKS["read_subtitles"](task_run(message("read_subtitles"), path, FakeEngines(), results))
    return EmbeddedSubtitles.model_validate(results.get(result.results["read_subtitles"]))


def shown(subtitles: EmbeddedSubtitles, track: int = 0) -> list[tuple[float, float, str]]:
    return [(c.span.start_s, c.span.end_s, c.text) for c in subtitles.cues[track]]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beeping(tmp_path_factory.mktemp("clip") / "clip.mkv", 8, beeps_s=[1.0])


@pytest.mark.parametrize("shift_s", [0.0, 5.0])
@pytest.mark.parametrize(
    ("kind", "codec", "name"),
    [("mp4", "mov_text", "mov_text"), ("mkv", "subrip", "subrip"), ("mkv", "ass", "ass"), ("mkv", "webvtt", "webvtt")],
)
def test_text_is_read_at_the_times_of_a_player(
    tmp_path: Path, clip: Path, kind: str, codec: str, name: str, shift_s: float
) -> None:
    path = subtitled(tmp_path / f"film.{kind}", clip, {codec: LINES}, shift_s, language="ger", title="Deutsch")
    subtitles = read(path)
    assert shown(subtitles) == [(pytest.approx(a, abs=0.05), pytest.approx(b, abs=0.05), t) for a, b, t in SHOWN]
    (track,) = subtitles.tracks
    assert (track.track_id, track.format, track.language, track.title) == ("embedded-0", name, "ger", "Deutsch")
    assert track.is_hearing_impaired


def test_a_webm_has_its_webvtt(tmp_path: Path) -> None:
    clip = beeping(tmp_path / "clip.webm", 8, beeps_s=[1.0], picture="libvpx", sound="libopus")
    assert shown(read(subtitled(tmp_path / "film.webm", clip, {"webvtt": LINES}))) == SHOWN


def test_a_cue_and_a_track_have_limits(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinedex.adapters.pyav.subtitles.CUES_BYTES_MAX", 1500)
    lines = [(1.0, 2.0, "{" * 60_000), (3.0, 4.0, "Two"), (5.0, 6.0, "x" * 900), (7.0, 8.0, "Four")]
    subtitles = read(subtitled(tmp_path / "film.mkv", clip, {"subrip": lines, "ass": [(1.0, 2.0, "One")]}))
    assert shown(subtitles, 0) == [(1.0, 2.0, "{" * 1000), (3.0, 4.0, "Two")]
    assert shown(subtitles, 1) == [(1.0, 2.0, "One")]


def test_several_tracks_are_read_each_in_its_place(tmp_path: Path, clip: Path) -> None:
    path = subtitled(tmp_path / "film.mkv", clip, {"subrip": LINES, "ass": [(3.0, 4.0, "Zwei")]})
    subtitles = read(path)
    assert [shown(subtitles, 0), shown(subtitles, 1)] == [SHOWN, [(3.0, 4.0, "Zwei")]]


@pytest.mark.parametrize("codec", ["dvb_subtitle", "dvd_subtitle"])
def test_tracks_of_pictures_are_listed_with_the_reason(tmp_path: Path, clip: Path, codec: str) -> None:
    path = subtitled(tmp_path / "film.mkv", clip, {"subrip": LINES, codec: []})
    subtitles = read(path)
    assert [track.unread for track in subtitles.tracks] == [None, "They are pictures, which are not read."]
    assert subtitles.cues[1] == ()


def test_the_probe_lists_the_tracks(tmp_path: Path, clip: Path) -> None:
    path = subtitled(tmp_path / "film.mp4", clip, {"mov_text": LINES}, language="eng")
    probe = inspect(str(path), 10.0, 10**8)
    assert [(t.format, t.language, t.key) for t in probe.subtitle_tracks or ()] == [("mov_text", "eng", "")]
    assert probe.duration_s == pytest.approx(8.0, abs=0.1)
    assert inspect(str(clip), 10.0, 10**8).subtitle_tracks == ()


def test_the_tags_of_a_track_are_cut_so_that_the_video_can_be_stored(tmp_path: Path, clip: Path) -> None:
    path = subtitled(tmp_path / "film.mkv", clip, {"subrip": LINES}, title="Ж" * 20_000)
    ((track,), (read_track,)) = inspect(str(path), 10.0, 10**8).subtitle_tracks or (), read(path).tracks
    assert track.title == read_track.title == "Ж" * 200
    assert known_tag("d" * 1000) == "d" * 200


@pytest.mark.parametrize("kind", ["mkv", "mp4"])
def test_a_subtitle_after_the_end_does_not_make_the_video_longer(tmp_path: Path, clip: Path, kind: str) -> None:
    codec = "mov_text" if kind == "mp4" else "subrip"
    path = subtitled(tmp_path / f"film.{kind}", clip, {codec: [(1.0, 2.0, "One"), (50.0, 60.0, "Late")]})
    assert inspect(str(path), 10.0, 10**8).duration_s == pytest.approx(8.0, abs=0.1)
    result, results = message("detect_shots"), MemoryResultStore()
    shots = TASKS["detect_shots"](task_run(result, path, FakeEngines(), results)).results["detect_shots"]
    assert results.get(shots)["duration_s"] == pytest.approx(8.0, abs=0.1)


def test_a_cue_without_a_length_is_shown_until_the_next_one(tmp_path: Path, clip: Path) -> None:
    lines = [(1.0, 1.0, "One"), (3.0, 3.0, "Two")]
    cues = shown(read(subtitled(tmp_path / "film.mkv", clip, {"subrip": lines})))
    assert cues == [(1.0, 3.0, "One"), (3.0, 8.0, "Two")]


def test_subtitles_after_a_join_have_the_time_of_the_second_recording(tmp_path: Path) -> None:
    """A join is possible in transport streams, whose subtitles are pictures: the clock alone is tested."""
    from cinedex.adapters.pyav.packets import clock_of, read_packets
    from cinedex.adapters.pyav.streams import open_media

    one = beeping(tmp_path / "one.ts", 6, beeps_s=[1.0])
    with open_media(str(joined(tmp_path / "both.ts", one, one))) as container:
        clock = clock_of(container)
        for _ in read_packets(container, None, clock):
            pass
    first_s = 1.4  # the first timestamp that FFmpeg writes into a transport stream
    assert clock.sparse_offset_s(first_s + 5.9) == pytest.approx(6.0, abs=0.2)


def test_a_file_that_is_no_media_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + b"\0" * 2000)
    with pytest.raises(CorruptMedia):
        read(path)


def test_the_decoders_of_all_text_formats_are_there() -> None:
    assert all(av.Codec(name, "r").text_sub for name in ("mov_text", "subrip", "ass", "webvtt"))
