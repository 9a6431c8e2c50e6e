"""`cinedex eval search`: its output, and the exit code of each failure (docs/04)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from cinedex_client.cli import main, remote
from cinedex_client.errors import ClientError, Unreachable
from cinedex_client.evaluation.dataset import resolve_videos
from cinedex_client.evaluation.labelled_set import LabelledSet, LabelledVideo
from typer.testing import CliRunner, Result

from tests.support.library import VIDEO_ID, FakeLibrary
from tests.support.wire import Wire


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "set.jsonl"
    file.write_text(
        '{"query": "astronaut", "relevant": [{"video": "demo.mp4", "start": 15, "end": 25}]}\n'
        '{"query": "a violin", "none": true}\n'
    )
    return file


@pytest.fixture
def library() -> FakeLibrary:
    """Its video is analysed."""
    library = FakeLibrary()
    library.polls = library.steps
    return library


@pytest.fixture
def cinedex(wire: Wire, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch) -> Any:
    wire.answers = library
    monkeypatch.setattr(remote, "connect", lambda _url, _key: wire.deployment())

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main.app, ["eval", "search", *arguments])

    return run


def _exit_code(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of the program."""
    monkeypatch.setattr(sys, "argv", ["cinedex", "eval", "search", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return int(ended.value.code or 0)


def test_it_ends_with_zero_and_prints_each_signal_and_each_fusion(cinedex: Any, labelled: Path) -> None:
    result = cinedex(str(labelled))
    assert result.exit_code == 0
    ranked = [line.split()[0] for line in result.stdout.splitlines() if line.split()[1:3] == ["1.000", "1.000"]]
    assert ranked == [
        *("speech", "caption", "screen_text", "objects", "about", "speech_vectors", "caption_vectors"),
        *("words", "vectors", "calibrated", "rrf", "normalized"),
        "all",  # the kind of its only query
    ]
    assert "precision 1.000" in result.stdout


def test_some_fusions_can_be_chosen(cinedex: Any, labelled: Path) -> None:
    report = json.loads(cinedex(str(labelled), "--fusion", "rrf", "--json").stdout)
    assert report["fusions"] == ["rrf"]
    assert "calibrated" not in report["quality"]


@pytest.mark.parametrize("wrong", [["--fusion", "magic"], ["--threshold", "0.5"]])
def test_an_unknown_fusion_or_threshold_is_a_usage_error_before_any_request(
    cinedex: Any, labelled: Path, wire: Wire, wrong: list[str]
) -> None:
    assert cinedex(str(labelled), *wrong).exit_code == 2
    assert wire.requests == []


def test_a_set_that_cannot_be_read_ends_with_two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _exit_code(monkeypatch, str(tmp_path / "none.jsonl")) == 2


def test_a_deployment_that_does_not_answer_ends_with_three(monkeypatch: pytest.MonkeyPatch, labelled: Path) -> None:
    def unreachable(_url: str | None, _key: str | None) -> None:
        raise Unreachable("No deployment answers.")

    monkeypatch.setattr(remote, "connect", unreachable)
    assert _exit_code(monkeypatch, str(labelled)) == 3


def test_a_video_that_is_neither_there_nor_in_a_folder_ends_with_four(cinedex: Any, tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"query": "cat", "relevant": [{"video": "cat.mp4"}]}\n')
    result = cinedex(str(file))
    assert result.exit_code == 4
    assert "cat.mp4" in result.stderr


def test_an_analysis_that_fails_ends_with_one(cinedex: Any, tmp_path: Path, wire: Wire) -> None:
    wire.answers = FakeLibrary(broken="captions")
    wire.answers.deleted = True
    (tmp_path / "cat.mp4").write_bytes(b"a video")
    file = tmp_path / "set.jsonl"
    file.write_text('{"query": "cat", "relevant": [{"video": "cat.mp4"}]}\n')
    result = cinedex(str(file), "--media", str(tmp_path))
    assert (result.exit_code, "The analysis of cat.mp4 failed." in result.stderr) == (1, True)


def test_a_failed_analysis_ends_with_one_before_any_search(
    cinedex: Any, labelled: Path, library: FakeLibrary, wire: Wire
) -> None:
    library.broken = "captions"
    result = cinedex(str(labelled))
    assert result.exit_code == 1
    assert "The analysis of demo.mp4 failed." in result.stderr
    assert f"cinedex videos analyze {VIDEO_ID}" in result.stderr
    assert [request.url.path for request in wire.requests] == ["/v2/videos"]


@pytest.mark.parametrize(
    ("polls", "expected"), [(None, f"cinedex videos analyze {VIDEO_ID}"), (0, "Still being analysed: demo.mp4")]
)
def test_a_video_that_is_not_analysed_ends_with_five(
    cinedex: Any, labelled: Path, library: FakeLibrary, polls: int | None, expected: str
) -> None:
    library.polls = polls
    result = cinedex(str(labelled))
    assert (result.exit_code, "demo.mp4" in result.stderr, expected in result.stderr) == (5, True, True)


def test_a_video_whose_upload_failed_ends_with_one() -> None:
    rejected = {"video_id": "v", "status": "failed", "metadata": {"video_name": "cat.mp4"}}
    wire = Wire()
    wire.answers = lambda _: httpx.Response(200, json={"results": [rejected]})
    cat = LabelledSet((), (LabelledVideo(video="cat.mp4"),))
    with pytest.raises(ClientError, match="The upload of cat") as error:
        resolve_videos(wire.deployment(), cat, (), lambda _: None)
    assert error.value.exit_code == 1


def test_a_folder_that_does_not_exist_is_a_usage_error(cinedex: Any, labelled: Path, wire: Wire) -> None:
    result = cinedex(str(labelled), "--media", "nowhere")
    assert (result.exit_code, "nowhere" in result.stderr) == (2, True)
    assert wire.requests == []


def test_a_rejected_query_is_named_and_ends_with_two(
    cinedex: Any, labelled: Path, library: FakeLibrary, wire: Wire
) -> None:
    rejection = {"error": {"type": "x", "message": "query says only when to look."}}

    def picky(request: httpx.Request) -> httpx.Response:
        is_asked = request.url.path == "/v2/search" and json.loads(request.content)["query"] == "a violin"
        return httpx.Response(400, json=rejection) if is_asked else library(request)

    wire.answers = picky
    result = cinedex(str(labelled))
    assert result.exit_code == 2
    assert "“a violin”" in result.stderr
    assert "query says only when to look." in result.stderr


def test_the_json_report_keeps_its_field_names(cinedex: Any, labelled: Path) -> None:
    report = json.loads(cinedex(str(labelled), "--json").stdout)
    assert report["no_match"] == {
        "threshold": "medium",
        "told": 1,
        "told_rightly": 1,
        "without_answer": 1,
        "wrongly_told": [],
        "missed": [],
    }
