"""Closed captions in the picture data are a subtitle track, with the times at which they are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from cinedex.adapters.pyav.closed_captions import cues_of
from cinedex.adapters.pyav.inspection import inspect
from cinedex.analysis.domain.model_results import EmbeddedSubtitles
from cinedex.kernel.span import span
from cinedex.subtitles.cue import Cue

from gpu_tasks.task_table import TASKS
from tests.support.captioned_media import ERASE, captioned, pop_on, roll_up
from tests.support.edited_media import FPS, beeping, damaged, remuxed, subtitled
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message, task_run

SENT = {1.0: pop_on("HELLO WORLD"), 4.0: pop_on("GOOD NIGHT"), 6.5: [ERASE, ERASE]}


def read(path: Path) -> EmbeddedSubtitles:
    results = MemoryResultStore()
    result = TASKS["read_subtitles"](task_run(message("read_subtitles"), path, FakeEngines(), results))
    return EmbeddedSubtitles.model_validate(results.get(result.results["read_subtitles"]))


def shown(subtitles: EmbeddedSubtitles, track: int = 0) -> list[tuple[float, float, str]]:
    return [(round(c.span.start_s, 1), round(c.span.end_s, 1), c.text) for c in subtitles.cues[track]]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beeping(tmp_path_factory.mktemp("clip") / "clip.ts", 8, beeps_s=[1.0])


def test_captions_are_read_from_when_they_are_shown_to_when_they_are_erased(tmp_path: Path, clip: Path) -> None:
    """The last code of a text shows it: 13 pairs after the first one, or 12."""
    subtitles = read(captioned(tmp_path / "film.ts", clip, SENT))
    assert shown(subtitles) == [(1.5, 4.5, "HELLO WORLD"), (4.5, 6.5, "GOOD NIGHT")]
    (track,) = subtitles.tracks
    assert (track.track_id, track.format, track.unread) == ("embedded-0", "eia_608", None)


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_captions_stay_in_the_pictures_of_another_container(tmp_path: Path, clip: Path, kind: str) -> None:
    film = captioned(tmp_path / "film.ts", clip, SENT)
    assert shown(read(remuxed(tmp_path / f"film.{kind}", film, lambda packet: packet)))[0] == (1.5, 4.5, "HELLO WORLD")


def test_live_captions_are_one_cue_for_each_line(tmp_path: Path, clip: Path) -> None:
    film = captioned(tmp_path / "film.ts", clip, {1.0: roll_up("FIRST LINE"), 3.0: roll_up("SECOND"), 5.0: [ERASE] * 2})
    assert [text for _, _, text in shown(read(film))] == ["FIRST LINE", "SECOND"]


def test_the_probe_lists_captions_behind_the_tracks_of_the_file(tmp_path: Path, clip: Path) -> None:
    film = captioned(tmp_path / "film.ts", clip, SENT)
    both = subtitled(tmp_path / "film.mkv", film, {"subrip": [(2.0, 3.0, "Hallo")]})
    tracks = inspect(str(both), 10.0, 10**8).subtitle_tracks or ()
    assert [(t.track_id, t.format) for t in tracks] == [("embedded-0", "subrip"), ("embedded-1", "eia_608")]
    subtitles = read(both)
    assert [shown(subtitles, 0)[0][2], shown(subtitles, 1)[0][2]] == ["Hallo", "HELLO WORLD"]
    assert inspect(str(clip), 10.0, 10**8).subtitle_tracks == ()


def test_damaged_pictures_lose_their_own_captions(tmp_path: Path, clip: Path) -> None:
    film = captioned(tmp_path / "film.ts", clip, SENT)
    broken = remuxed(tmp_path / "broken.ts", film, damaged("video", 2.5, 4.0))
    assert ("GOOD NIGHT") in [text for _, _, text in shown(read(broken))]


def test_a_text_that_is_not_erased_is_shown_to_the_end(tmp_path: Path, clip: Path) -> None:
    film = captioned(tmp_path / "film.ts", clip, {5.0: pop_on("THE END")})
    assert shown(read(film)) == [(5.4, pytest.approx(8.0, abs=0.1), "THE END")]


def test_lines_that_move_up_are_not_repeated_and_later_ones_are() -> None:
    states = [(1, 2, "ONE"), (2, 3, "ONE\nTWO"), (3, 4, "TWO\nTHREE"), (9, 10, "THREE")]
    cues = cues_of(Cue(span=span(a, b), text=text) for a, b, text in states)
    assert [(c.span.start_s, c.text) for c in cues] == [(1.0, "ONE"), (2.0, "TWO"), (3.0, "THREE"), (9.0, "THREE")]


def test_a_pair_is_sent_with_each_frame() -> None:
    assert len(pop_on("HELLO WORLD")) / FPS == pytest.approx(0.56)
