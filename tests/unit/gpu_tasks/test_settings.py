"""Settings of the worker: the defaults are those of chapter 10, and values that stop a worker are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gpu_tasks.settings import WorkerSettings

QUEUE = {"TASK_QUEUE_URL": "http://queue"}


@pytest.fixture(autouse=True)
def without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in WorkerSettings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


def test_the_defaults_are_those_of_the_chapter_on_settings() -> None:
    settings = WorkerSettings(**QUEUE)
    assert settings.model_dump(exclude={"task_queue_url", "bulk_task_queue_url", "cache_dir"}) == {
        "model_profile": "cpu",
        "visibility_s": 30,
        "heartbeat_s": 10,
        "long_poll_s": 5,
        "slice_s": 20,
        "tasks_at_once": 2,
        "time_factor": 20,
        "time_min_s": 600,
        "cache_bytes_max": 10_737_418_240,
    }


@pytest.mark.parametrize(
    ("name", "least", "refused"),
    [
        ("TASK_VISIBILITY_S", "3", "2"),
        ("TASK_HEARTBEAT_S", "0.1", "0"),
        ("TASK_LONG_POLL_S", "0", "-1"),
        ("TASK_LONG_POLL_S", "20", "21"),  # SQS waits no longer
        ("TASK_SLICE_S", "0", "-1"),
        ("TASKS_AT_ONCE", "1", "0"),
        ("TASKS_AT_ONCE", "3", "4"),
        ("TASK_TIME_FACTOR", "0.1", "0"),
        ("TASK_TIME_MIN_S", "0.1", "0"),
        ("MEDIA_CACHE_BYTES_MAX", "1", "0"),
    ],
)
def test_a_value_with_which_no_task_could_run_is_refused(name: str, least: str, refused: str) -> None:
    assert float(least) in WorkerSettings(**QUEUE, **{name: least}).model_dump().values()
    with pytest.raises(ValidationError):
        WorkerSettings(**QUEUE, **{name: refused})
