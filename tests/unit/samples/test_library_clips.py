"""The clips of the search library agree with their scripts and truth tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import pytest

from samples.script_files import SCRIPTS, read_script

SAMPLES = Path(__file__).parents[3] / "samples"
CLIPS = SAMPLES / "search" / "clips"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.toml"))

ALL_BYTES_MAX, CLIP_BYTES_MAX = 4_000_000, 350_000
SEGMENT_LENGTH_MIN_S = 3.0  # a shorter scene is merged into a neighbouring segment


def truth_of(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CLIPS / f"{name}.truth.json").read_text(encoding="utf-8"))
    return loaded


def test_every_script_has_a_clip_and_a_truth_table_and_the_folder_contains_no_other_file() -> None:
    assert len(NAMES) >= 12
    expected = {f"{name}{ending}" for name in NAMES for ending in (".mp4", ".truth.json")}
    assert {path.name for path in CLIPS.iterdir()} == expected


def test_the_sizes_of_the_clips_are_below_the_limits_of_the_repository() -> None:
    sizes = {name: (CLIPS / f"{name}.mp4").stat().st_size for name in NAMES}
    assert {name: size for name, size in sizes.items() if size >= CLIP_BYTES_MAX} == {}
    assert sum(sizes.values()) < ALL_BYTES_MAX


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_has_the_resolution_length_and_codecs_of_its_truth_table(name: str) -> None:
    truth = truth_of(name)
    with av.open(str(CLIPS / f"{name}.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height) == (truth["width"], truth["height"])
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (container.duration or 0) / av.time_base == pytest.approx(truth["duration_s"], abs=0.15)


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_table_agrees_with_the_script(name: str) -> None:
    truth, scenes = truth_of(name), read_script(SCRIPTS / f"{name}.toml").scenes
    assert [scene["name"] for scene in truth["scenes"]] == [scene.name for scene in scenes]
    assert [sentence["text"] for sentence in truth["spoken"]] == [text for scene in scenes for text in scene.sentences]
    shown = [[line for line in (scene.title, scene.subtitle, *scene.lines) if line] for scene in scenes]
    assert [title["lines"] for title in truth["titles"]] == shown


@pytest.mark.parametrize("name", NAMES)
def test_scenes_have_no_gaps_and_each_is_long_enough_for_a_segment(name: str) -> None:
    truth = truth_of(name)
    scenes = truth["scenes"]
    assert [scene["start_s"] for scene in scenes] == [0.0, *(scene["end_s"] for scene in scenes[:-1])]
    assert scenes[-1]["end_s"] == truth["duration_s"]
    assert min(scene["end_s"] - scene["start_s"] for scene in scenes) > SEGMENT_LENGTH_MIN_S


@pytest.mark.parametrize("name", NAMES)
def test_adjacent_cards_have_different_colours_so_that_the_cut_is_detectable(name: str) -> None:
    scenes = read_script(SCRIPTS / f"{name}.toml").scenes
    backgrounds = [scene.photograph or scene.theme for scene in scenes]
    repeated = [i for i in range(1, len(scenes)) if backgrounds[i] == backgrounds[i - 1] and not scenes[i].photograph]
    assert repeated == []


def test_the_notice_names_every_photograph_and_every_clip() -> None:
    notice = (SAMPLES / "NOTICE.md").read_text(encoding="utf-8")
    scenes = [scene for name in NAMES for scene in read_script(SCRIPTS / f"{name}.toml").scenes]
    photographs = {scene.photograph for scene in scenes if scene.photograph}
    assert len(photographs) >= 10
    assert sorted(name for name in photographs | set(NAMES) if f"`{name}`" not in notice) == []
