"""What each tool finds, and that none of them sees anything outside its scope."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.answers.domain.agent import AgentScope, ToolCall, ToolRun, ToolStatus
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.detection.frame_analyzer import Observation
from cinedex.kernel.span import span
from cinedex.language_models.language_model import ToolUse
from cinedex.library.domain.feature import Feature
from cinedex.timeline import timeline_store
from cinedex.timeline.modality import Modality
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agent_fixture import FOREIGN, INJECTION, SPOKEN, TALK, TOUR, AgentFixture
from tests.support.memory.scenario import NOON
from tests.support.ready_videos import video

FIXTURE = AgentFixture()
FIXTURE.frame_analyzer.observations = (
    Observation(text="two umbrellas", span=span(3, 4), source=Modality.OBJECTS),
    Observation(text="MIND THE STEP", span=span(2, 28), source=Modality.SCREEN_TEXT),
)
NAMES = tuple(FIXTURE.tools.tools)


def use(name: str, scope: AgentScope | None = None, **arguments: Any) -> ToolRun:
    call = ToolCall(tool_call_id="call00000", tool_name=name, arguments=arguments)
    tool_use = ToolUse(tool_call_id="x", name=name, arguments=arguments)
    until = NOON.replace(year=NOON.year + 1)
    (run,) = FIXTURE.tools(FIXTURE.library(scope), [(call, tool_use)], EvidenceRegistry(), until)
    return run


def results_of(run: ToolRun) -> list[tuple[str, float, float, str]]:
    assert run.result_set is not None, run.error
    return [(e.video_id, e.span.start_s, e.span.end_s, e.text) for e in run.result_set.results]


def test_a_search_finds_each_kind_of_evidence_with_its_time() -> None:
    run = use("search_moments", query="cat called Chelsea", limit=1)
    assert results_of(run)[0] == (TOUR, 12.0, 16.5, "This cat is called Chelsea.")
    assert run.result_set is not None
    assert {e.source for e in run.result_set.results} >= {"speech", "screen_text", "objects"}
    assert run.result_set.truncated


@pytest.mark.parametrize("name", ["get_objects", "get_transcript"])
def test_a_tool_reads_all_entries_of_its_range_also_if_a_page_holds_only_one(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    whole = results_of(use(name, video_id=TOUR))
    monkeypatch.setattr(timeline_store, "PAGE_BYTES_MAX", 1)
    assert len(whole) > 1
    assert results_of(use(name, video_id=TOUR)) == whole


def test_a_search_can_be_narrowed_to_videos() -> None:
    assert {video_id for video_id, *_ in results_of(use("search_moments", query="cat", video_ids=[TALK]))} == {TALK}


def test_a_search_without_a_match_returns_nothing() -> None:
    run = use("search_moments", query="submarine")
    assert (results_of(run), run.result_summary) == ([], "nothing found")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("get_transcript", (TOUR, 2.0, 6.5, SPOKEN[TOUR][0])),
        ("get_captions", (TOUR, 0.0, 10.0, "A person is in view.")),
        ("get_screen_text", (TOUR, 1.0, 9.0, "EILEEN COLLINS")),
        ("get_objects", (TOUR, 0.0, 10.0, "person (1 sighting)")),
    ],
)
def test_a_track_is_read_in_order(name: str, first: tuple[str, float, float, str]) -> None:
    entries = results_of(use(name, video_id=TOUR))
    assert (len(entries), entries[0]) == (3, first)


def test_a_track_can_be_read_in_part() -> None:
    assert [text for *_, text in results_of(use("get_transcript", video_id=TOUR, start_s=11, end_s=14))] == [
        SPOKEN[TOUR][1]
    ]
    assert results_of(use("get_transcript", video_id=TOUR, start_s=500)) == []


def test_objects_can_be_filtered_by_label() -> None:
    assert [text for *_, text in results_of(use("get_objects", video_id=TOUR, label="Cat"))] == ["cat (1 sighting)"]


def test_the_list_names_every_video_in_scope() -> None:
    assert {video_id for video_id, *_ in results_of(use("list_videos"))} == {TOUR, TALK}
    assert [video_id for video_id, *_ in results_of(use("list_videos", name_contains="TALK"))] == [TALK]


def test_an_overview_goes_from_beginning_to_end() -> None:
    texts = [text for *_, text in results_of(use("video_overview", video_id=TALK))]
    assert texts[0].startswith("talk.mp4")
    assert texts[1:] == [
        "A person is in view.", SPOKEN[TALK][0], "A cat is in view.", SPOKEN[TALK][1],
        "A cup and two people are in view.", SPOKEN[TALK][2],
    ]  # fmt: skip


def test_frames_can_be_looked_at_again() -> None:
    seen = results_of(use("analyze_frames", video_id=TOUR, start_s=1, end_s=6))
    assert seen == [(TOUR, 3.0, 4.0, "two umbrellas"), (TOUR, 2.0, 6.0, "MIND THE STEP")]


@pytest.mark.parametrize(("start_s", "end_s"), [(5, 5), (6, 5), (0, 25), (40, 45)])
def test_frames_are_analysed_only_for_a_few_seconds_in_scope(start_s: float, end_s: float) -> None:
    assert use("analyze_frames", video_id=TOUR, start_s=start_s, end_s=end_s).status is ToolStatus.FAILED


def test_a_track_that_is_not_ready_is_an_error() -> None:
    fixture = AgentFixture()
    fixture.videos.add(video("raw", ready=(Feature.TRANSCRIPT,)))
    call = ToolCall(tool_call_id="call00000", tool_name="get_captions", arguments={"video_id": "raw"})
    tool_use = ToolUse(tool_call_id="x", name="get_captions", arguments={"video_id": "raw"})
    (run,) = fixture.tools(fixture.library(), [(call, tool_use)], EvidenceRegistry(), NOON.replace(year=2099))
    assert run.error == "Feature 'captions' is not ready. Current status: none."


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("list_videos", "search_moments")])
@pytest.mark.parametrize("video_id", [FOREIGN, "never-existed", ""])
def test_videos_out_of_scope_and_unknown_videos_give_the_same_error(name: str, video_id: str) -> None:
    stretch = {"start_s": 1, "end_s": 5} if name == "analyze_frames" else {}
    run = use(name, video_id=video_id, **stretch)
    assert (run.status, run.error) == (ToolStatus.FAILED, f"Video {video_id!r} is not in scope.")


scopes = st.builds(
    AgentScope,
    collection_ids=st.sampled_from([None, (), ("talks",), ("of-others",)]),
    video_ids=st.sampled_from([None, (), (TOUR,), (TALK, FOREIGN), (TOUR, TALK, FOREIGN, "never-existed")]),
    windows=st.dictionaries(
        st.sampled_from([TOUR, TALK, FOREIGN]),
        st.tuples(st.floats(0, 60), st.floats(0, 60)).map(lambda ends: span(min(ends), max(ends))),
    ),
)
ids = st.sampled_from([TOUR, TALK, FOREIGN, "never-existed"])
tool_arguments = st.fixed_dictionaries(
    {},
    optional={
        "query": st.sampled_from(["cat", "password swordfish", "coffee", "secret"]),
        "video_id": ids,
        "video_ids": st.lists(ids, max_size=3),
        "start_s": st.floats(0, 100),
        "end_s": st.floats(0, 100),
        "limit": st.integers(-1, 50),
    },
)


@given(scopes, st.sampled_from(NAMES), tool_arguments)
def test_no_tool_call_leaves_the_scope(scope: AgentScope, name: str, arguments: dict[str, Any]) -> None:
    run = use(name, scope, **arguments)
    allowed = {v.video_id for v in FIXTURE.videos.list("mine")}
    if scope.video_ids is not None:
        allowed &= set(scope.video_ids)
    if scope.collection_ids is not None:
        allowed &= {TALK} if "talks" in scope.collection_ids else set()
    assert "swordfish" not in run.content.replace(str(arguments.get("query")), "")
    for evidence in run.result_set.results if run.result_set else ():
        assert evidence.video_id in allowed
        window = scope.windows.get(evidence.video_id, span(0, 30)).clipped_to(span(0, 30))
        assert window.start_s <= evidence.span.start_s <= evidence.span.end_s <= window.end_s


@given(scopes, tool_arguments)
def test_nothing_outside_a_window_is_returned(scope: AgentScope, arguments: dict[str, Any]) -> None:
    window = scope.windows.get(TOUR, span(0, 30))
    run = use(
        "get_transcript", scope, **{k: v for k, v in arguments.items() if k in ("start_s", "end_s")}, video_id=TOUR
    )
    for text in [e.text for e in run.result_set.results] if run.result_set else []:
        said = SPOKEN[TOUR].index(text)
        assert span(10 * said + 2.0, 10 * said + 6.5).overlaps(window)


def test_media_text_cannot_close_the_element_it_is_quoted_in() -> None:
    content = use("get_screen_text", video_id=TALK).content
    assert "&lt;/result&gt;" in content
    assert content.count("</result>") == 3
    assert INJECTION not in content


def test_tool_schemas_reject_unknown_arguments() -> None:
    for spec in FIXTURE.tools.specs:
        assert spec.input_schema["type"] == "object"
        assert spec.input_schema["additionalProperties"] is False
    assert "Extra inputs" in str(use("list_videos", account_id="theirs").error)
