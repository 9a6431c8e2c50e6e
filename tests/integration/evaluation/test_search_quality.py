"""`cinedex eval search` over the set that ships, through the running product, keeps its floors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from local.cli.main import app
from local.evaluation.labelled_set import read_set
from tests.support.known_videos import SAMPLES, KnownVideos
from tests.support.media import media_folder, real_media

SET = SAMPLES / "search" / "media.jsonl"


@pytest.fixture(scope="module")
def report(known: KnownVideos) -> Iterator[Any]:
    """In a library without other videos: the same files again would be duplicates of those of other tests."""
    videos = read_set(SET).videos
    for video in videos:
        if not (SAMPLES / video.video).is_file():
            real_media(video.video)
    folders = ["--media", str(SAMPLES), "--media", str(media_folder())]
    asked = ["eval", "search", str(SET), *folders, "--json", "--url", known.stack.url, "--key", known.key]
    with known.described({video.video: video.description or "" for video in videos}):
        done = CliRunner().invoke(app, asked, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        yield json.loads(done.stdout)


def test_both_signals_together_rank_better_than_the_best_alone(report: Any) -> None:
    quality = {way: found["ndcg_10"] for way, found in report["quality"].items()}
    assert quality["fused"] >= 0.93
    assert quality["fused"] >= 1.04 * max(quality["words"], quality["vectors"])


def test_no_confident_match_can_be_trusted(report: Any) -> None:
    found = report["no_match"]
    assert found["told_rightly"] >= 0.85 * found["told"], found["wrongly_told"]
    assert found["told_rightly"] >= 0.7 * found["without_answer"], found["missed"]
