"""A task reports at most once a second; a report that fails does not fail the task."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cinedex.kernel.span import span
from cinedex.library.domain.segmenting import Chunk

from gpu_tasks.progress_report import ProgressReport
from gpu_tasks.task_run import TaskInterrupted
from tests.support.tasks import message

CHUNK = Chunk(index=7, span=span(0, 120), first_segment=0, segment_count=1)
Report = tuple[str, str, str, int | None, float]


@dataclass
class Reports:
    """Records the reports; `error` fails each of them."""

    error: Exception | None = None
    sent: list[Report] = field(default_factory=list)
    now_s: float = 50.0
    is_cancelled: bool = False

    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        self.sent.append((video_id, run_id, task, chunk_index, fraction))
        if self.error is not None:
            raise self.error

    def of(self, task: str, **fields: object) -> ProgressReport:
        return ProgressReport(
            self, message(task, **fields), lambda: self.is_cancelled, lambda: None, lambda: self.now_s
        )

    @property
    def fractions(self) -> list[float]:
        return [report[-1] for report in self.sent]


def test_the_first_report_is_sent_at_once_and_the_next_ones_a_second_later() -> None:
    reports = Reports()
    report = reports.of("detect_shots")
    for at_s, fraction in [(50.0, 0.1), (50.9, 0.2), (51.0, 0.3), (51.5, 0.4), (52.5, 0.5)]:
        reports.now_s = at_s
        report(fraction)
    assert reports.fractions == [0.1, 0.3, 0.5]


def test_the_start_and_the_end_are_sent_without_an_interval() -> None:
    reports = Reports()
    report = reports.of("analyze_chunk", chunk=CHUNK)
    report.begin()
    for at_s, fraction in [(50.9, 0.1), (51.0, 0.2), (51.1, 0.9)]:
        reports.now_s = at_s
        report(fraction)
    report.end()
    assert reports.fractions == [0.0, 0.2, 1.0]


@pytest.mark.parametrize(
    ("has_sampled", "sent"),
    [
        (True, [("detect_shots", 0.0), ("detect_shots", 1.0), ("sampled_frames", 1.0)]),
        (False, [("detect_shots", 0.0), ("detect_shots", 1.0)]),
    ],
    ids=["frames were sampled", "the shots were stored, and the chunks read their frames"],
)
def test_the_end_of_shots_is_that_of_the_frames_only_if_they_were_sampled(
    has_sampled: bool, sent: list[tuple[str, float]]
) -> None:
    reports = Reports()
    report = reports.of("detect_shots", options={"sample_frames": {"steps": ["read_text"]}})
    report.begin()
    if has_sampled:
        report(0.5)
    report.end()
    assert [(task, fraction) for _, _, task, _, fraction in reports.sent] == sent


def test_a_share_lies_between_none_and_all_and_has_three_places() -> None:
    reports = Reports()
    report = reports.of("detect_shots")
    for fraction in (-0.5, 0.12345, 1.5):
        report(fraction)
        reports.now_s += 1
    assert reports.fractions == [0.0, 0.123, 1.0]


def test_the_report_of_a_chunk_names_the_chunk() -> None:
    reports = Reports()
    reports.of("analyze_chunk", chunk=CHUNK)(0.5)
    reports.of("detect_shots")(0.5)
    assert reports.sent == [("video", "run", "analyze_chunk", 7, 0.5), ("video", "run", "detect_shots", None, 0.5)]


@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "Throttling"}}, "Call"), EndpointConnectionError(endpoint_url="http://x")]
)
def test_a_report_that_fails_does_not_fail_the_task(error: Exception) -> None:
    reports = Reports(error)
    report = reports.of("detect_shots")
    report(0.5)
    report.begin()
    report.end()
    assert reports.fractions == [0.5, 0.0, 1.0]


def test_a_cancelled_task_is_interrupted_and_reports_nothing() -> None:
    reports = Reports(is_cancelled=True)
    with pytest.raises(TaskInterrupted):
        reports.of("detect_shots")(0.5)
    assert reports.sent == []


def test_a_task_that_is_cancelled_while_it_is_paused_is_interrupted() -> None:
    reports = Reports()

    def cancel() -> None:
        reports.is_cancelled = True

    report = ProgressReport(reports, message("detect_shots"), lambda: reports.is_cancelled, cancel)
    with pytest.raises(TaskInterrupted):
        report(0.5)
    assert reports.sent == []


def test_shots_whose_pass_samples_frames_report_both() -> None:
    reports = Reports()
    reports.of("detect_shots", options={"sample_frames": {"steps": ["read_text"]}})(0.5)
    assert [(task, fraction) for _, _, task, _, fraction in reports.sent] == [
        ("detect_shots", 0.5),
        ("sampled_frames", 0.5),
    ]
