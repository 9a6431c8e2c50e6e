"""`cinedex eval search` over the set that ships, through the running product, keeps its floors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cinedex_client.cli.main import app
from cinedex_client.evaluation.labelled_set import read_set
from typer.testing import CliRunner

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
    arguments = ["eval", "search", str(SET), *folders, "--json", "--url", known.stack.url, "--key", known.key]
    with known.described({video.video: video.description or "" for video in videos}):
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        yield json.loads(done.stdout)


def test_all_signals_together_rank_better_than_the_best_alone(report: Any) -> None:
    assert report["quality"]["calibrated"]["ndcg_10"] >= 0.93
    assert report["gains"]["calibrated"]["over_signal"] >= 3
    assert report["gains"]["calibrated"]["over_half"] >= 4


def test_every_way_to_rank_is_measured(report: Any) -> None:
    ways = {"speech", "caption", "screen_text", "objects", "about", "speech_vectors", "caption_vectors"}
    assert set(report["quality"]) == ways | {"words", "vectors", "calibrated", "rrf", "normalized"}
    assert all(quality["ndcg_10"] > 0 for quality in report["quality"].values())


def test_every_stage_of_a_search_is_timed(report: Any) -> None:
    stages = ["parse_query", "scope", "embed", "store", "fusion", "group", "page", "total"]
    assert list(report["stages_ms"]) == stages
    assert report["stages_ms"]["total"]["p50"] <= report["latency_ms"]["p50"]
    assert report["degraded"] == 0


def test_no_confident_match_can_be_trusted(report: Any) -> None:
    no_match = report["no_match"]
    assert no_match["told_rightly"] >= 0.85 * no_match["told"], no_match["wrongly_told"]
    assert no_match["told_rightly"] >= 0.7 * no_match["without_answer"], no_match["missed"]
