"""Functions that take events: of S3, of the dead-letter queue, of the schedule, and those that ask for keys."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from cinedex.access.domain.api_keys import Scope
from cinedex.bootstrap.library import move_collection
from cinedex.kernel.errors import InternalError, MediaError, Unavailable
from cinedex.library.domain.video import UploadStatus
from cinedex.library.usecases.fail_upload import REASON, TRANSIENT_ERRORS

from functions import (
    authorize_request,
    fetch_media,
    on_media_created,
    on_task_dead_lettered,
    on_upload_failed,
    resume_analyses,
    sweep_deletions,
)
from tests.support.golden import ACCOUNT, VIDEO, received
from tests.support.memory.app_fixture import InMemoryApp

# authorize_request


def authorizer_event(**headers: str) -> dict[str, Any]:
    event: dict[str, Any] = received("api_gateway_authorizer")
    known = {k: v for k, v in event["headers"].items() if k != "x-api-key"}
    return event | {"headers": known | headers}


def test_a_known_key_becomes_an_account_and_a_scope(memory_app: InMemoryApp) -> None:
    key, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.WRITE)
    answer = authorize_request.handler(authorizer_event(**{"x-api-key": secret}), None)
    assert answer == {
        "isAuthorized": True,
        "context": {"account_id": ACCOUNT, "key_id": key.key_id, "scope": "write"},
    }


def test_the_own_limit_of_a_key_is_passed_on(memory_app: InMemoryApp) -> None:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "modest", Scope.READ, requests_max=5)
    answer = authorize_request.handler(authorizer_event(**{"x-api-key": secret}), None)
    assert answer["context"]["requests_max"] == 5


def test_a_key_that_cannot_be_checked_now_is_not_refused(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_secret_sha256: str) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

    monkeypatch.setattr(memory_app.keys, "find", fail)
    answer = authorize_request.handler(authorizer_event(**{"x-api-key": "sk_live_" + "0" * 48}), None)
    assert answer == {"isAuthorized": True, "context": {"unavailable": "true"}}


def test_an_unknown_key_passes_with_its_refusal_so_that_the_app_can_tell_it(memory_app: InMemoryApp) -> None:
    answer = authorize_request.handler(received("api_gateway_authorizer"), None)
    assert answer == {"isAuthorized": True, "context": {"refused": "This API key is not valid."}}


@pytest.mark.parametrize("event", [authorizer_event(), {"headers": None}, {}])
def test_a_request_without_a_key_is_refused(memory_app: InMemoryApp, event: dict[str, Any]) -> None:
    assert "refused" in authorize_request.handler(event, None)["context"]


# on_media_created


@pytest.mark.parametrize("name", ["s3_object_created", "s3_object_created_odd_key", "s3_object_created_multipart"])
def test_a_created_file_makes_its_video_uploaded(memory_app: InMemoryApp, name: str) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    event = received(name)
    on_media_created.handler(event, None)
    video = memory_app.videos.get(ACCOUNT, VIDEO)
    s3_object = event["detail"]["object"]
    assert (video.status, video.media.key) == (UploadStatus.UPLOADED, s3_object["key"])
    assert (video.media.etag, video.media.sequencer) == (s3_object["etag"], s3_object["sequencer"])


def test_the_same_event_twice_is_one_video(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    for _ in range(2):
        on_media_created.handler(received("s3_object_created"), None)
    assert memory_app.probe.calls == 1
    assert len(memory_app.videos.list(ACCOUNT)) == 1


def test_an_overtaken_event_changes_nothing(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    on_media_created.handler(received("s3_object_created_multipart"), None)
    on_media_created.handler(received("s3_object_created"), None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).media.sequencer == "00617F08299329D18A"


def test_a_poison_file_is_no_error_of_the_function(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    memory_app.probe.answer = MediaError("corrupt_media", "It is cut off.")
    on_media_created.handler(received("s3_object_created"), None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).error_code == "corrupt_media"


def test_a_store_that_is_down_makes_the_event_come_again(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    memory_app.probe.answer = Unavailable("The store is down.")
    with pytest.raises(Unavailable):
        on_media_created.handler(received("s3_object_created"), None)


@pytest.mark.parametrize("fault", [TypeError("metadata_errors"), ImportError("av"), InternalError()])
def test_an_internal_error_makes_lambda_retry_the_event(memory_app: InMemoryApp, fault: Exception) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    memory_app.probe.answer = fault
    with pytest.raises(type(fault)):
        on_media_created.handler(received("s3_object_created"), None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).status is UploadStatus.UPLOADING


def test_a_file_of_no_video_is_left_alone(memory_app: InMemoryApp) -> None:
    on_media_created.handler(received("s3_object_created"), None)
    assert memory_app.videos.list(ACCOUNT) == []


# fetch_media


def test_a_url_is_fetched_into_the_store(memory_app: InMemoryApp) -> None:
    event = received("fetch_media")
    video = memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT, source=event["url"])
    fetch_media.handler(event, None)
    assert memory_app.web.opened == [event["url"]]
    assert video.media.key in memory_app.media.files


@pytest.mark.parametrize("fault", [TypeError("resumption"), ImportError("httpx")])
def test_an_internal_error_in_a_download_makes_lambda_retry_it(memory_app: InMemoryApp, fault: Exception) -> None:
    event = received("fetch_media")
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT, source=event["url"])
    memory_app.web.breaks = fault
    with pytest.raises(type(fault)):
        fetch_media.handler(event, None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).status is UploadStatus.UPLOADING


# on_upload_failed


@pytest.mark.parametrize("name", ["on_media_created", "fetch_media"])
def test_an_upload_whose_retries_are_used_up_fails_with_an_internal_error(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    event = received(f"lambda_failure_{name}")
    on_upload_failed.handler(event, None)
    video = memory_app.videos.get(ACCOUNT, VIDEO)
    assert (video.status, video.error_code, video.error) == (UploadStatus.FAILED, "internal_error", REASON)
    (logged,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert vars(logged)["stack_trace"] == event["responsePayload"]["stackTrace"]


@pytest.mark.parametrize("name", ["on_media_created", "fetch_media"])
@pytest.mark.parametrize("error", sorted(TRANSIENT_ERRORS))
def test_an_upload_that_met_a_store_that_is_down_waits_for_the_schedule(
    memory_app: InMemoryApp, name: str, error: str
) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    on_upload_failed.handler(received(f"lambda_failure_{name}") | {"responsePayload": {"errorType": error}}, None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).status is UploadStatus.UPLOADING


def test_an_invocation_that_ended_without_an_answer_is_an_internal_error_too(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    on_upload_failed.handler(received("lambda_failure_fetch_media") | {"responsePayload": None}, None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).error_code == "internal_error"


def test_an_upload_that_another_event_has_settled_stays_as_it_is(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    on_media_created.handler(received("s3_object_created"), None)
    for name in ("on_media_created", "fetch_media"):
        on_upload_failed.handler(received(f"lambda_failure_{name}"), None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).status is UploadStatus.UPLOADED


def test_a_failed_upload_is_probed_again_when_its_event_is_repeated(memory_app: InMemoryApp) -> None:
    memory_app.uploading(video_id=VIDEO, account_id=ACCOUNT)
    on_upload_failed.handler(received("lambda_failure_on_media_created"), None)
    on_media_created.handler(received("s3_object_created"), None)
    video = memory_app.videos.get(ACCOUNT, VIDEO)
    assert (video.status, video.error_code) == (UploadStatus.UPLOADED, None)


def test_an_upload_deleted_meanwhile_stays_deleted(memory_app: InMemoryApp) -> None:
    on_upload_failed.handler(received("lambda_failure_on_media_created"), None)
    assert memory_app.videos.list(ACCOUNT) == []


# on_task_dead_lettered


def test_a_dead_letter_fails_its_step_and_a_malformed_message_is_ignored(memory_app: InMemoryApp) -> None:
    on_task_dead_lettered.handler(received("sqs_task_dead_letters"), None)
    assert memory_app.answers.failures == [
        ("AQCEAAAAKgAAAAMAAAAAAAAAAeZ8nVxAmPLE", "TaskAbandoned", on_task_dead_lettered.CAUSE)
    ]


def test_a_dead_task_of_another_version_fails_its_step_too(memory_app: InMemoryApp) -> None:
    body = '{"schema_version": 2, "job": "sing", "task_token": "token"}'
    on_task_dead_lettered.handler({"Records": [{"body": body}]}, None)
    assert memory_app.answers.failures == [("token", "TaskAbandoned", on_task_dead_lettered.CAUSE)]


# resume_analyses


def test_the_schedule_leaves_young_work_alone(memory_app: InMemoryApp) -> None:
    memory_app.started()
    memory_app.runner.crash()
    assert resume_analyses.handler(received("schedule"), None) == {
        "uploads_settled": 0,
        "runs_resumed": 0,
        "videos_ended": 0,
    }


def test_after_a_restart_interrupted_runs_are_resumed_at_once(memory_app: InMemoryApp) -> None:
    memory_app.started()
    memory_app.runner.crash()
    answer = resume_analyses.handler({"after_restart": True}, None)
    assert answer == {"uploads_settled": 0, "runs_resumed": 1, "videos_ended": 0}


# sweep_deletions


def test_a_part_of_the_sweep_that_fails_does_not_hold_up_the_others(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first error ends the invocation after the other parts, so that it is counted as failed."""
    group = memory_app.groups.create(ACCOUNT, "Tours", {}).collection_id
    memory_app.groups.move(ACCOUNT, group, [memory_app.uploaded(account_id=ACCOUNT).video_id])

    def fail(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

    with monkeypatch.context() as broken:
        broken.setattr(memory_app.videos, "page", fail)
        job = move_collection().delete(ACCOUNT, group)
    monkeypatch.setattr(memory_app.pending_deletions, "list", fail)
    with pytest.raises(EndpointConnectionError):
        sweep_deletions.handler(received("schedule"), None)
    assert job.ended_at is None
    assert memory_app.jobs.get(ACCOUNT, job.job_id).ended_at is not None


def test_the_sweep_reports_what_is_left(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.started()
    memory_app.delete(video.account_id, video.video_id)
    answer = sweep_deletions.handler(received("schedule"), None)
    done = {"orphaned_media": 0, "lists_filled": True, "expired_videos": 0, "open_jobs": 0}
    assert answer == {"pending_deletions": 1} | done
