"""The output of the commands that talk to a deployment, for people and as JSON."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from cinedex_client import Client
from cinedex_client.cli import remote
from cinedex_client.cli.display.moments import answer_sheet
from cinedex_client.cli.main import app
from cinedex_client.errors import Unreachable
from cinedex_client.models import Answer
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.support.library import VIDEO_ID, FakeLibrary
from tests.support.wire import Wire


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "demo.mp4"
    path.write_bytes(b"a video")
    return path


@pytest.fixture
def cinedex(wire: Wire, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch) -> Any:
    wire.answers = library
    monkeypatch.setattr(remote, "connect", lambda _url, _key: wire.deployment())

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(arguments), input=typed)

    return run


def test_an_upload_shows_each_feature_as_it_becomes_ready(cinedex: Any, clip: Path, library: FakeLibrary) -> None:
    result = cinedex("upload", str(clip))
    assert result.exit_code == 0
    assert library.stored == b"a video"
    assert "demo.mp4  7 B uploaded" in result.stderr
    assert [line.split()[:2] for line in result.stderr.splitlines()[-4:]] == [
        [feature, "ready"] for feature in ("transcript", "captions", "objects", "embeddings")
    ]


def test_an_upload_as_json_prints_nothing_but_the_videos_on_stdout(cinedex: Any, clip: Path) -> None:
    result = cinedex("upload", str(clip), "--json")
    (video,) = json.loads(result.stdout)["results"]
    assert (video["video_id"], video["features"]["captions"]) == (VIDEO_ID, "ready")


def test_an_upload_without_analysis_starts_none(cinedex: Any, clip: Path, library: FakeLibrary) -> None:
    assert cinedex("upload", str(clip), "--no-analyze").exit_code == 0
    assert library.polls is None


def test_an_upload_that_does_not_wait_leaves_the_analysis_running(
    cinedex: Any, clip: Path, library: FakeLibrary
) -> None:
    library.steps = 1000
    result = cinedex("upload", str(clip), "--no-wait", "--json")
    assert json.loads(result.stdout)["results"][0]["features"]["captions"] == "processing"


def test_an_analysis_that_fails_says_why_and_ends_with_one(cinedex: Any, clip: Path, library: FakeLibrary) -> None:
    library.broken = "captions"
    result = cinedex("upload", str(clip))
    assert result.exit_code == 1
    assert "Chunk 2 of 3 could not be read." in result.stderr


def test_a_file_that_is_not_a_video_is_reported_and_the_other_files_are_uploaded(
    cinedex: Any, clip: Path, library: FakeLibrary, wire: Wire
) -> None:
    library.rejected = "It is a text file."
    result = cinedex("upload", str(clip), str(clip))
    assert result.exit_code == 1
    assert result.stderr.count("It is a text file.") == 2
    assert sum(request.method == "PUT" for request in wire.requests) == 2


def test_a_file_that_does_not_exist_is_a_usage_error(cinedex: Any, wire: Wire) -> None:
    assert cinedex("upload", "nowhere.mp4").exit_code == 2
    assert wire.requests == []


def test_one_name_for_two_videos_is_a_usage_error(cinedex: Any, clip: Path) -> None:
    assert cinedex("upload", str(clip), str(clip), "--name", "Both").exit_code == 2


def test_videos_are_listed_with_what_is_ready(cinedex: Any, library: FakeLibrary) -> None:
    library.polls = library.steps
    result = cinedex("videos")
    assert VIDEO_ID in result.stdout
    assert "transcript, scenes, captions, objects, embeddings" in result.stdout


def test_videos_without_a_command_accepts_the_options_of_list(cinedex: Any) -> None:
    listed = cinedex("videos", "--json", "--url", "http://library.test", "--key", "k")
    assert [video["video_id"] for video in json.loads(listed.stdout)["results"]] == [VIDEO_ID]


def test_an_option_before_a_command_of_videos_is_rejected(cinedex: Any, wire: Wire) -> None:
    assert cinedex("videos", "--url", "http://library.test", "show", VIDEO_ID).exit_code == 2
    assert wire.requests == []


def test_an_empty_library_says_how_to_fill_it(cinedex: Any, library: FakeLibrary) -> None:
    library.deleted = True
    result = cinedex("videos", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "cinedex upload FILE" in result.stderr


def test_a_video_is_shown_with_the_models_that_analysed_it(cinedex: Any, library: FakeLibrary) -> None:
    library.polls = library.steps
    result = cinedex("videos", "show", VIDEO_ID)
    assert "960 x 540" in result.stdout
    assert "whisper-tiny.en-int8@2" in result.stdout


@pytest.mark.parametrize(
    ("insight", "shown"),
    [
        ("transcript", "0:00-0:04  Welcome to a short tour."),
        ("captions", "0:00-0:05  A title card."),
        ("scenes", "0:05-0:15  scene 2"),
        ("objects", "0:15-0:25  person x2"),
        ("screen-text", "0:00-0:05  A SHORT TOUR"),
    ],
)
def test_an_insight_of_a_video_is_printed_with_its_times(
    cinedex: Any, library: FakeLibrary, insight: str, shown: str
) -> None:
    library.polls = library.steps
    assert shown in cinedex("videos", "read", VIDEO_ID, insight).stdout


def test_reading_a_feature_that_is_not_ready_ends_with_five(cinedex: Any) -> None:
    result = cinedex("videos", "read", VIDEO_ID)
    assert result.exit_code == 5
    assert "is not ready" in result.stderr


def test_a_video_that_does_not_exist_ends_with_four(cinedex: Any) -> None:
    assert cinedex("videos", "show", "nothing").exit_code == 4


def test_a_video_is_moved_into_a_group_and_out_of_it(cinedex: Any, library: FakeLibrary) -> None:
    assert cinedex("videos", "move", VIDEO_ID, "--group", "g1").exit_code == 0
    assert cinedex("videos", "move", VIDEO_ID, "--no-group").exit_code == 0
    assert library.moved == [{"group_id": "g1"}, {"group_id": "default"}]


@pytest.mark.parametrize("options", [(), ("--group", "g1", "--no-group")])
def test_a_move_names_a_group_or_none(cinedex: Any, library: FakeLibrary, options: tuple[str, ...]) -> None:
    assert cinedex("videos", "move", VIDEO_ID, *options).exit_code == 2
    assert library.moved == []


def test_nothing_is_deleted_without_confirmation(cinedex: Any, library: FakeLibrary) -> None:
    assert cinedex("videos", "delete", VIDEO_ID, typed="n\n").exit_code == 1
    assert not library.deleted


def test_a_video_is_deleted_after_confirmation(cinedex: Any, library: FakeLibrary) -> None:
    assert cinedex("videos", "delete", VIDEO_ID, typed="y\n").exit_code == 0
    assert library.deleted


def test_a_hit_is_printed_with_its_times_and_the_evidence_that_matched(cinedex: Any) -> None:
    result = cinedex("search", "astronaut")
    assert result.stdout.splitlines() == [
        "1  0:15-0:25  demo.mp4  0.83  heard, read on screen",
        "   Eileen Collins was the first woman to pilot the space shuttle.",
    ]


def test_a_search_without_hits_prints_what_was_searched(cinedex: Any) -> None:
    result = cinedex("search", "violin")
    assert result.exit_code == 0
    assert result.stdout.startswith("No confident match.  1 video was searched, 52.3 s in all.")


@pytest.mark.parametrize("query", ["astronaut", "violin"])
def test_a_degraded_search_prints_its_hits_and_a_warning(cinedex: Any, library: FakeLibrary, query: str) -> None:
    whole = cinedex("search", query)
    library.degraded = True
    part = cinedex("search", query)
    assert (part.exit_code, part.stdout, whole.stderr) == (0, whole.stdout, "")
    (line,) = part.stderr.splitlines()
    assert line == "Warning: A part of search is down: moments may be missing."


def test_a_degraded_search_is_marked_in_json(cinedex: Any, library: FakeLibrary) -> None:
    library.degraded = True
    assert json.loads(cinedex("search", "astronaut", "--json").stdout)["degraded"] is True


def test_an_answer_is_printed_with_its_citations(cinedex: Any) -> None:
    assert cinedex("ask", "Who was the first?").stdout.splitlines() == [
        "It was Eileen Collins.",
        "   0:16-0:20  demo.mp4  heard  “Eileen Collins was the first.”",
    ]


def test_an_extractive_answer_prints_each_quote_with_its_place() -> None:
    quote = {"video_id": "v", "video_name": "a.mp4", "start": 1, "end": 2, "quote": "Yes.", "source": "speech"}
    response = {"response": "“Yes.” — a.mp4, 0:01", "model": "extractive", "citations": [quote]}
    page = io.StringIO()
    Console(file=page).print(answer_sheet(Answer.model_validate(response)))
    assert [line.rstrip() for line in page.getvalue().splitlines()] == ["“Yes.”", "   0:01-0:02  a.mp4  heard"]


def test_a_question_without_an_answer_has_no_confident_match(cinedex: Any) -> None:
    assert cinedex("ask", "What does a violin cost?").stdout == "No confident match.\n"


def test_an_answer_that_lost_its_sentences_is_quotes_and_a_warning(
    cinedex: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = {"video_id": "v", "video_name": "a.mp4", "start": 1.0, "end": 2.0, "quote": "Yes.", "source": "speech"}
    lost = {"response": "“Yes.” — a.mp4", "model": "llm", "citations": [quote], "confident": False}
    answer = Answer.model_validate({**lost, "degraded_by": ["unsupported_sentences"]})
    monkeypatch.setattr(Client, "ask", lambda *_, **__: answer)
    result = cinedex("ask", "Is it?")
    assert [line.rstrip() for line in result.stdout.splitlines()] == ["“Yes.”", "   0:01-0:02  a.mp4  heard"]
    assert result.stderr.startswith("Warning: Sentences of the language model are left out")


def test_an_answer_as_json_is_the_response_of_the_deployment(cinedex: Any) -> None:
    answer = json.loads(cinedex("ask", "Who was the first?", "--json").stdout)
    assert (answer["confident"], answer["citations"][0]["source"]) == (True, "speech")


def test_a_deployment_that_does_not_answer_ends_with_three(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_url: str | None, _key: str | None) -> None:
        raise Unreachable("No deployment answers.", hint="Start it.")

    monkeypatch.setattr(remote, "connect", unreachable)
    result = CliRunner().invoke(app, ["search", "cat"])
    assert result.exit_code == 3
    assert result.stderr.splitlines() == ["Error: No deployment answers.", "  Start it."]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--url", "http://[::1"), "The address http://[::1 must begin with http:// or https://"),
        (("--url", "http://library.test", "--key", "schlüssel"), "The API key contains invalid characters."),
    ],
)
def test_a_malformed_address_or_key_ends_with_two(options: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(app, ["videos", "list", *options])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("upload",), "Video group to add them to."),
        (("eval", "search"), "docs/06-search-and-answers.md in the repository of Cinedex"),
    ],
)
def test_the_help_of_an_argument_names_groups_and_files_in_full(command: tuple[str, ...], text: str) -> None:
    assert text in CliRunner(env={"COLUMNS": "300"}).invoke(app, [*command, "--help"]).stdout


SRT = "1\n00:00:01,000 --> 00:00:02,000\nÜbung\n\n"


@pytest.mark.parametrize(
    ("options", "path", "query"),
    [
        ((), "transcript", "format=srt"),
        (("--format", "vtt", "--translation", "en"), "transcript", "format=vtt&translation=en"),
        (("--subtitles", "embedded-0"), "subtitles/embedded-0", "format=srt"),
    ],
)
def test_a_transcript_and_subtitles_are_exported_as_a_file(
    cinedex: Any, wire: Wire, tmp_path: Path, options: tuple[str, ...], path: str, query: str
) -> None:
    asked = list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.path}?{request.url.query.decode()}")
        return httpx.Response(200, content=SRT.encode(), headers={"content-type": "application/x-subrip"})

    wire.answers = answer
    file = tmp_path / "film.srt"
    assert cinedex("videos", "export", VIDEO_ID, *options).stdout == SRT
    assert cinedex("videos", "export", VIDEO_ID, *options, "-o", str(file)).exit_code == 0
    assert asked == [f"/v2/videos/{VIDEO_ID}/{path}?{query}"] * 2
    assert file.read_bytes() == SRT.encode()


def test_an_export_that_cannot_be_written_says_why(cinedex: Any, wire: Wire, tmp_path: Path) -> None:
    wire.answers = lambda _: httpx.Response(200, content=SRT.encode())
    result = cinedex("videos", "export", VIDEO_ID, "-o", str(tmp_path / "no" / "film.srt"))
    assert (result.exit_code, "cannot be written" in result.stderr) == (2, True)
