"""The steps of the demo on its sample clip, printed to a terminal or a pipe."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cinedex_client.errors import ClientError
from rich.console import Console

from local.demo.run import Timings, print_summary, run_steps
from local.demo.sample import Sample, load_sample
from local.demo.steps import DemoSteps
from tests.support.library import FakeLibrary
from tests.support.wire import Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def sample() -> Sample:
    return load_sample()


def output_of(wire: Wire, library: FakeLibrary, sample: Sample) -> str:
    wire.answers = library
    page = io.StringIO()
    run_steps(DemoSteps(Console(file=page, width=120), wire.deployment()), sample)
    return page.getvalue()


def test_the_demo_goes_from_the_upload_to_the_unanswerable_question(wire: Wire, sample: Sample) -> None:
    lines = output_of(wire, FakeLibrary(), sample).splitlines()
    headings = [line for line in lines if line and not line.startswith(" ")]
    assert headings == [
        "Upload demo.mp4",
        "Analyse it",
        "2 scenes",
        "Heard",
        "Seen",
        "Read on screen",
        "Search",
        "Ask",
    ]


def test_the_demo_shows_what_each_feature_found(wire: Wire, sample: Sample) -> None:
    output = output_of(wire, FakeLibrary(), sample)
    assert "  0:00-0:04  Welcome to a short tour." in output
    assert "  0:15-0:25  person x2" in output
    assert "  0:00-0:05  A SHORT TOUR" in output


def test_the_demo_searches_three_times(wire: Wire, sample: Sample) -> None:
    output = output_of(wire, FakeLibrary(), sample)
    assert [f"  > {search.query}" in output for search in sample.searches] == [True] * 3


def test_the_demo_ends_with_a_cited_answer_and_a_question_that_has_none(wire: Wire, sample: Sample) -> None:
    output = output_of(wire, FakeLibrary(), sample)
    assert f"  > {sample.answered.asks}" in output
    assert "0:16-0:20  demo.mp4  heard  “Eileen Collins was the first.”" in output
    assert output.rstrip().endswith("No confident match.")


def test_nothing_in_a_pipe_is_a_control_code(wire: Wire, sample: Sample) -> None:
    assert "\x1b" not in output_of(wire, FakeLibrary(), sample)


def test_an_analysis_that_fails_ends_the_demo(wire: Wire, sample: Sample) -> None:
    with pytest.raises(ClientError, match="The analysis failed: objects"):
        output_of(wire, FakeLibrary(broken="objects"), sample)


def test_the_last_command_can_be_pasted_although_the_path_is_long_and_has_spaces() -> None:
    page = io.StringIO()
    home = Path("/data/my videos/" + "deep/" * 30)
    print_summary(Console(file=page, width=80), Timings(1, 1, 2, 52), home)
    assert page.getvalue().splitlines()[-1].endswith(f": CINEDEX_HOME='{home}' cinedex up")
