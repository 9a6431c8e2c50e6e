"""Six calls of a step are run, a failed one tells the model why, and what it says is cut to a sensible length."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.answers.domain.agent import AgentScope, ToolCall, ToolRun, ToolStatus
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.tool import ToolResult
from cinedex.kernel.span import span
from cinedex.language_models.language_model import ToolUse
from cinedex.timeline.entries import TimelineEntry, Track

from tests.support.agent_fixture import TALK, TOUR, AgentFixture
from tests.support.memory.scenario import NOON
from tests.support.turns import evidence

LATER = NOON.replace(year=NOON.year + 1)


def run_all(fixture: AgentFixture, *uses: ToolUse, registry: EvidenceRegistry | None = None) -> list[ToolRun]:
    calls = [
        ToolCall(tool_call_id=f"call00{number:03}", tool_name=use.name, arguments=use.arguments)
        for number, use in enumerate(uses)
    ]
    registry = EvidenceRegistry() if registry is None else registry
    return list(fixture.tools(fixture.library(), list(zip(calls, uses, strict=True)), registry, LATER))


def use(name: str, **arguments: Any) -> ToolUse:
    return ToolUse(tool_call_id="x", name=name, arguments=arguments)


@pytest.fixture
def fixture() -> AgentFixture:
    return AgentFixture()


def test_the_seventh_call_of_a_step_is_not_run(fixture: AgentFixture) -> None:
    runs = run_all(fixture, *[use("list_videos")] * 8)
    assert [run.status for run in runs] == [ToolStatus.SUCCEEDED] * 6 + [ToolStatus.FAILED] * 2
    assert str(runs[6].error).startswith("At most 6 tools")


def test_what_a_model_has_invented_is_repeated_up_to_a_length(fixture: AgentFixture) -> None:
    unknown, malformed, many = run_all(
        fixture,
        use("n" * 65),
        ToolUse(tool_call_id="x", name="list_videos", malformed="m" * 201),
        use("search_moments", a=1, b=2, c=3, d=4),
    )
    assert str(unknown.error).startswith(f"Unknown tool '{'n' * 64}'. Available: search_moments, ")
    assert str(malformed.error) == f"The arguments are not a JSON object: {'m' * 200}"
    assert str(many.error).count(";") == 2
    with_long_id = run_all(fixture, use("get_transcript", video_id="v" * 65))[0]
    assert with_long_id.error == f"Video '{'v' * 64}' is not in scope."


def test_results_are_numbered_over_the_whole_turn(fixture: AgentFixture) -> None:
    registry = EvidenceRegistry()
    first = run_all(fixture, use("get_transcript", video_id=TOUR), registry=registry)
    second = run_all(fixture, use("get_transcript", video_id=TALK), registry=registry)
    ids = [e.result_id for run in (*first, *second) if run.result_set for e in run.result_set.results]
    assert ids == ["r1", "r2", "r3", "r4", "r5", "r6"]
    assert list(EvidenceRegistry([*first, *second]).citable) == ids
    assert first[0].content.startswith('<results shown="3" total="3">')


def test_a_track_is_read_up_to_400_entries_and_40_of_them_are_shown(fixture: AgentFixture) -> None:
    entries = [
        TimelineEntry(index=n, span=span(n / 100, n / 100 + 0.005), body={"text": f"word {n}"}) for n in range(401)
    ]
    fixture.timeline.replace(TOUR, Track.TRANSCRIPT, 1, entries)
    (run,) = run_all(fixture, use("get_transcript", video_id=TOUR))
    assert run.result_set is not None
    assert (run.result_set.total, len(run.result_set.results), run.result_set.truncated) == (400, 40, True)
    fixture.timeline.replace(TOUR, Track.TRANSCRIPT, 1, entries[:40])
    (run,) = run_all(fixture, use("get_transcript", video_id=TOUR))
    assert run.result_set is not None
    assert (run.result_set.total, len(run.result_set.results), run.result_set.truncated) == (40, 40, False)


def test_an_overview_samples_eight_entries_from_the_first_to_the_last(fixture: AgentFixture) -> None:
    for count, expected in ((8, list(range(8))), (15, [0, 2, 4, 6, 8, 10, 12, 14]), (29, list(range(0, 29, 4)))):
        entries = [TimelineEntry(index=n, span=span(n, n + 0.5), body={"text": f"word {n}"}) for n in range(count)]
        fixture.timeline.replace(TOUR, Track.TRANSCRIPT, 1, entries)
        fixture.timeline.replace(TOUR, Track.CAPTIONS, 1, [])
        (run,) = run_all(fixture, use("video_overview", video_id=TOUR))
        assert run.result_set is not None
        assert [e.text for e in run.result_set.results[1:]] == [f"word {n}" for n in expected]


@pytest.mark.parametrize(
    ("name", "arguments", "allowed"),
    [
        ("search_moments", {"query": "q"}, True),
        ("search_moments", {"query": ""}, False),
        ("search_moments", {"query": "q" * 400}, True),
        ("search_moments", {"query": "q" * 401}, False),
        ("search_moments", {"query": "q", "limit": 1}, True),
        ("search_moments", {"query": "q", "limit": 12}, True),
        ("search_moments", {"query": "q", "limit": 0}, False),
        ("search_moments", {"query": "q", "limit": 13}, False),
        ("search_moments", {"query": "q", "video_ids": [TOUR] * 50}, True),
        ("search_moments", {"query": "q", "video_ids": [TOUR] * 51}, False),
        ("list_videos", {"limit": 1}, True),
        ("list_videos", {"limit": 40}, True),
        ("list_videos", {"limit": 0}, False),
        ("list_videos", {"limit": 41}, False),
        ("list_videos", {"name_contains": "n" * 200}, True),
        ("list_videos", {"name_contains": "n" * 201}, False),
        ("get_transcript", {"video_id": TOUR, "start_s": 0, "end_s": 0}, True),
        ("get_transcript", {"video_id": TOUR, "start_s": -0.1}, False),
        ("get_transcript", {"video_id": TOUR, "end_s": -0.1}, False),
        ("get_objects", {"video_id": TOUR, "label": "l" * 80}, True),
        ("get_objects", {"video_id": TOUR, "label": "l" * 81}, False),
        ("analyze_frames", {"video_id": TOUR, "start_s": 0, "end_s": 20}, True),
        ("analyze_frames", {"video_id": TOUR, "start_s": 0, "end_s": 20.1}, False),
        ("analyze_frames", {"video_id": TOUR, "start_s": -0.1, "end_s": 1}, False),
        ("analyze_frames", {"video_id": TOUR, "start_s": 1, "end_s": 1}, False),
        ("analyze_frames", {"video_id": TOUR, "start_s": 29.9, "end_s": 40}, True),
        ("analyze_frames", {"video_id": TOUR, "start_s": 30, "end_s": 40}, False),
        ("list_videos", {"colour": "red"}, False),
    ],
)
def test_arguments_within_the_limits_are_accepted_and_others_are_not(
    fixture: AgentFixture, name: str, arguments: dict[str, Any], allowed: bool
) -> None:
    (run,) = run_all(fixture, use(name, **arguments))
    assert (run.status is ToolStatus.SUCCEEDED) is allowed, run.error


def test_a_search_finds_six_moments_and_a_list_twenty_videos_unless_the_model_says_otherwise(
    fixture: AgentFixture,
) -> None:
    specs = {spec.name: spec.input_schema["properties"] for spec in fixture.tools.specs}
    assert specs["search_moments"]["limit"]["default"] == 6
    assert specs["list_videos"]["limit"]["default"] == 20


@pytest.mark.parametrize(
    ("shown", "total", "summary"),
    [
        ([], 0, "nothing found"),
        (["a"], 1, "1 result, demo.mp4 0:01–0:04 first"),
        (["a"], 2, "1 of 2 results, demo.mp4 0:01–0:04 first"),
        (["a", "a"], 2, "2 results, demo.mp4 0:01–0:04 first"),
        (["a", "b"], 5, "2 of 5 results in 2 videos, demo.mp4 0:01–0:04 first"),
    ],
)
def test_a_run_is_summed_up_in_one_line(shown: list[str], total: int, summary: str) -> None:
    results = tuple(evidence().model_copy(update={"video_id": video_id}) for video_id in shown)
    assert ToolResult(kind="semantic", total=total, results=results).summary == summary


def test_a_part_of_a_track_in_scope_is_read_up_to_both_of_its_ends(fixture: AgentFixture) -> None:
    scope = AgentScope(windows={TOUR: span(10, 20)})

    def texts(**arguments: float) -> list[str]:
        asked = use("get_transcript", video_id=TOUR, **arguments)
        call = ToolCall(tool_call_id="call00000", tool_name=asked.name, arguments=asked.arguments)
        (run,) = fixture.tools(fixture.library(scope), [(call, asked)], EvidenceRegistry(), LATER)
        assert run.result_set is not None, run.error
        return [e.text for e in run.result_set.results]

    whole = texts()
    assert whole == ["This cat is called Chelsea."]
    assert texts(start_s=0) == texts(end_s=30) == texts(start_s=16.4, end_s=16.45) == whole
    assert texts(end_s=9.9) == texts(start_s=20.1) == texts(start_s=17) == []
