"""`/v2/features` and `/v2/videos/{id}/features`: the catalog, plans, triggers and their options."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.library.domain.probe import AudioTrack
from cinedex.library.domain.video import UploadStatus, Video

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp


def test_the_catalog_lists_the_features_that_can_be_triggered(library: Api) -> None:
    features = library.get("/v2/features").body["features"]
    assert [f["name"] for f in features] == ["transcript", "captions", "embeddings", "objects"]
    assert all({"name", "description", "depends_on", "produces", "note"} == set(f) for f in features)


def test_a_plan_lists_only_the_desired_features_and_what_they_require(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    plan = library.post(f"/v2/videos/{fresh.video_id}/features/plan", {"desired": ["embeddings"]}).body
    assert plan == {
        "video_id": fresh.video_id,
        "all_required": ["transcript", "captions", "embeddings"],
        "statuses": {"transcript": "none", "captions": "none", "embeddings": "none"},
        "actionable": ["transcript"],
        "processing": [],
        "blocked": [],
        "errors": {},
        "done": False,
        "reconfigure": {},
    }


def test_a_feature_of_a_video_whose_upload_failed_has_the_reason(memory_app: InMemoryApp, library: Api) -> None:
    failed = memory_app.uploading(account_id=ACCOUNT).rejected("corrupt_media", "It is cut off.")
    path, reason = f"/v2/videos/{failed.video_id}", "The upload failed: It is cut off."
    memory_app.videos.save(failed)
    details = library.get(path).body["feature_details"]["captions"]
    assert (details["status"], details["error"], details["error_code"]) == ("none", reason, "corrupt_media")
    plan = library.post(f"{path}/features/plan", {"desired": ["captions"]}).body
    assert (plan["actionable"], plan["errors"]) == ([], {"transcript": reason, "captions": reason})
    refused = library.post(f"{path}/features/transcript")
    assert refused.error["message"] == f"The video is not ready to be analysed. {reason}"
    unread = library.get(f"{path}/captions")
    assert unread.error["message"] == f"Feature 'captions' is not ready. Current status: none. {reason}"


def test_nothing_of_a_video_can_be_triggered_while_it_is_uploaded(memory_app: InMemoryApp, library: Api) -> None:
    video = memory_app.uploading(account_id=ACCOUNT)
    plan = library.post(f"/v2/videos/{video.video_id}/features/plan", {"desired": ["transcript"]}).body
    assert (plan["actionable"], plan["errors"], plan["done"]) == ([], {}, False)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"force": false, "force_feature_queue": true}', b"null"])
def test_a_trigger_accepts_no_body_and_options_without_effect(
    memory_app: InMemoryApp, library: Api, body: bytes
) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.call("POST", f"/v2/videos/{fresh.video_id}/features/transcript", body=body)
    response = {name: answer.body[name] for name in ("video_id", "feature", "status")}
    assert (answer.status, response) == (
        200,
        {"video_id": fresh.video_id, "feature": "transcript", "status": "pending"},
    )


def test_a_trigger_over_the_budget_of_minutes_is_accepted_and_waits_until_midnight(
    memory_app: InMemoryApp, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEO_MINUTES_PER_DAY", "1")
    paths = [f"/v2/videos/{memory_app.uploaded(account_id=ACCOUNT).video_id}" for _ in range(2)]
    assert [library.post(f"{path}/features/transcript").body["status"] for path in paths] == ["pending", "pending"]
    waiting = library.get(paths[1]).body["feature_details"]["transcript"]
    assert (waiting["status"], waiting["waiting_since"]) == ("pending", "2026-03-01T12:00:00Z")
    assert waiting["waiting_reason"].startswith("The daily budget of 1 minutes of video of this account is used up.")
    assert waiting["resumes_at"] == "2026-03-02T00:00:00Z"
    assert library.get(paths[0]).body["feature_details"]["transcript"]["waiting_reason"] is None
    assert len(memory_app.runner.executions) == 1
    today = {"used": 1.0, "limit": 1.0, "resets_at": "2026-03-02T00:00:00Z"}
    assert library.get("/v2/usage").body["video_minutes_today"] == today


def test_a_forced_trigger_of_a_ready_feature_over_the_budget_is_refused(
    memory_app: InMemoryApp, library: Api, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEO_MINUTES_PER_DAY", "1")
    refused = library.post(f"/v2/videos/{video.video_id}/features/transcript", {"force": True})
    assert (refused.status, refused.error["type"]) == (429, "rate_limit_error")
    assert refused.headers["retry-after"] == str(12 * 3600)
    assert library.get(f"/v2/videos/{video.video_id}").body["features"]["transcript"] == "ready"


def test_a_repeated_trigger_responds_the_same_and_starts_nothing(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    path = f"/v2/videos/{fresh.video_id}/features/transcript"
    assert library.post(path, {}).body == library.post(path, {}).body
    assert len(memory_app.runner.executions) == 1


def test_a_trigger_of_a_ready_feature_responds_ready(library: Api, video: Video) -> None:
    assert library.post(f"/v2/videos/{video.video_id}/features/captions", {}).body["status"] == "ready"


def test_lengths_and_language_reach_the_analysis(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    config = {"min_len": 5, "max_len": 8, "use_scene_detection": True, "language": "en-GB", "use_asr": True}
    library.post(f"/v2/videos/{fresh.video_id}/features/transcript", {"chunking_config": config})
    (run,) = memory_app.runs.list_of(fresh.video_id)
    segmenting = memory_app.now(fresh).segmenting
    assert (segmenting.min_len_s, segmenting.max_len_s, segmenting.use_scene_detection) == (5, 8, True)
    assert run.options == {"transcribe_speech": {"language": "en-GB"}}


def options_of(
    memory_app: InMemoryApp, library: Api, feature: str, body: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Options of the run that a trigger has started, and the options that it lists as unserved."""
    video = memory_app.analysed(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{video.video_id}/features/{feature}", {"force": True, **body})
    assert answer.status == 200
    run = next(r for r in memory_app.runs.list_of(video.video_id) if r.forced)
    return run.options, answer.body["unserved_options"]


@pytest.mark.parametrize(
    ("feature", "body", "options", "unserved"),
    [
        (
            "objects",
            {"person_localization": {"max_fps": 3, "conf": 0.6, "iou": 0.4, "max_objects_per_chunk": 2}},
            {"analyze_chunk": {"detection": {"max_fps": 3, "conf": 0.6, "iou": 0.4, "max_objects": 2}}},
            [],
        ),
        (
            "objects",
            {"person_localization": {"conf": 0.6, "max_failed_frames": 10, "num_photos_per_person": 3}},
            {"analyze_chunk": {"detection": {"conf": 0.6}}},
            ["person_localization.max_failed_frames", "person_localization.num_photos_per_person"],
        ),
        ("captions", {"person_localization": {"conf": 0.6}}, {}, ["person_localization.conf"]),
        ("captions", {"chunking_config": {"min_len": 5}}, {}, ["chunking_config.min_len"]),
        (
            "objects",
            {"person_localization": {"max_fps": 15}},
            {"analyze_chunk": {"detection": {"max_fps": 15}}},
            ["person_localization.max_fps"],
        ),
        (
            "transcript",
            {"chunking_config": {"use_asr": False, "language": "en", "vad_threshold": 0.7, "audio_track": 0}},
            {"transcribe_speech": {"use_asr": False}},
            ["chunking_config.vad_threshold", "chunking_config.language", "chunking_config.audio_track"],
        ),
        ("transcript", {"chunking_config": {"use_asr": False}}, {"transcribe_speech": {"use_asr": False}}, []),
        ("transcript", {"chunking_config": {"vad_threshold": 0.7}}, {"transcribe_speech": {"vad_threshold": 0.7}}, []),
        ("transcript", {"chunking_config": {"audio_track": 0}}, {"transcribe_speech": {"audio_track": 0}}, []),
        (
            "transcript",
            {"chunking_config": {"chunker_type": "remote", "async_chunking": False}, "downsample_video": True},
            {},
            ["downsample_video", "chunking_config.chunker_type"],
        ),
        (
            "captions",
            {"caption_prompt": "Name the brands."},
            {"analyze_chunk": {"caption_prompt": "Name the brands."}},
            ["caption_prompt"],
        ),
    ],
)
def test_an_option_reaches_the_analysis_or_is_listed_as_unserved(
    memory_app: InMemoryApp,
    library: Api,
    feature: str,
    body: dict[str, Any],
    options: dict[str, Any],
    unserved: list[str],
) -> None:
    assert options_of(memory_app, library, feature, body) == (options, unserved)


@pytest.mark.parametrize("max_fps", [15, 60])
def test_an_option_that_was_limited_is_listed_with_the_value_that_applies(
    memory_app: InMemoryApp, library: Api, max_fps: int
) -> None:
    body = {"force": True, "person_localization": {"max_fps": max_fps, "conf": 0.5}}
    for route, more in (("/objects", {}), ("", {"desired": ["objects"]})):
        video = memory_app.analysed(account_id=ACCOUNT)
        answer = library.post(f"/v2/videos/{video.video_id}/features{route}", body | more).body
        assert answer["unserved_options"] == ["person_localization.max_fps"]
        assert answer["applied_options"] == {"person_localization.max_fps": 5.0}


@pytest.mark.parametrize(
    ("feature", "body", "unserved"),
    [
        (
            "objects",
            {"person_localization": {"max_fps": 15, "conf": 0.5, "iou": None}},
            ["person_localization.max_fps", "person_localization.conf"],
        ),
        (
            "transcript",
            {"chunking_config": {"min_len": 5, "max_len": 9, "use_asr": True}},
            ["chunking_config.min_len", "chunking_config.max_len", "chunking_config.use_asr"],
        ),
        ("transcript", {}, []),
    ],
)
@pytest.mark.parametrize("state", ["ready", "in progress"])
def test_options_for_a_feature_that_is_not_started_again_are_listed(
    memory_app: InMemoryApp, library: Api, feature: str, body: dict[str, Any], unserved: list[str], state: str
) -> None:
    path = f"/v2/videos/{memory_app.analysed(account_id=ACCOUNT).video_id}/features/{feature}"
    if state == "in progress":
        library.post(path, {"force": True})
    answer = library.post(path, body)
    assert (answer.status, answer.body["unserved_options"], answer.body["applied_options"]) == (200, unserved, {})


@pytest.mark.parametrize(
    "body",
    [
        {"force": None, "chunking_config": None, "person_localization": None},
        {"chunking_config": {"min_len": None, "max_len": None, "use_asr": None, "use_scene_detection": None}},
        {"person_localization": {"max_fps": None}},
    ],
)
def test_null_is_the_default_of_every_option(memory_app: InMemoryApp, library: Api, body: dict[str, Any]) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features/transcript", body)
    assert (answer.status, answer.body["unserved_options"]) == (200, [])
    assert memory_app.now(fresh).segmenting.max_len_s == 25


def test_a_plan_of_nothing_is_done(library: Api, video: Video) -> None:
    answer = library.post(f"/v2/videos/{video.video_id}/features/plan", {"desired": []})
    assert (answer.status, answer.body["done"]) == (200, True)
    lists = ("all_required", "actionable", "processing", "blocked")
    assert ([answer.body[name] for name in lists], answer.body["statuses"]) == ([[]] * 4, {})


@pytest.mark.parametrize("config", [{"min_len": 9, "max_len": 8}, {"min_len": 0}, {"max_len": 601}])
def test_invalid_segment_lengths_are_malformed(memory_app: InMemoryApp, library: Api, config: dict[str, Any]) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features/transcript", {"chunking_config": config})
    assert (answer.status, answer.error["param"]) == (400, "chunking_config")
    assert "1 <= min_len <= max_len <= 600" in answer.error["message"]


def test_an_audio_track_that_the_file_does_not_have_is_unprocessable(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert fresh.probe is not None
    probe = fresh.probe.model_copy(update={"audio_tracks": (AudioTrack(index=0, codec="aac"),)})
    memory_app.videos.save(fresh.changed(probe=probe))
    answer = library.post(f"/v2/videos/{fresh.video_id}/features/transcript", {"chunking_config": {"audio_track": 1}})
    assert (answer.status, answer.error["param"]) == (422, "chunking_config.audio_track")


def test_a_trigger_before_its_dependency_names_the_dependency_and_its_status(
    memory_app: InMemoryApp, library: Api
) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features/captions", {})
    assert (answer.status, answer.error["type"], answer.error["param"]) == (409, "conflict_error", "transcript")
    assert "Current status: none" in answer.error["message"]


@pytest.mark.parametrize("feature", ["scenes", "chapters", "nonsense", "a%20b"])
def test_a_feature_that_cannot_be_triggered_is_not_found(memory_app: InMemoryApp, library: Api, feature: str) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert library.post(f"/v2/videos/{fresh.video_id}/features/{feature}", {}).status == 404


def test_an_analysis_starts_all_features_and_cuts_at_scenes(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features", {"desired": ["embeddings", "objects"]})
    assert (answer.status, answer.body["features"]) == (200, {"embeddings": "pending", "objects": "pending"})
    assert memory_app.now(fresh).segmenting.use_scene_detection


@pytest.mark.parametrize("desired", [[], ["nonsense"], None])
def test_an_analysis_without_known_features_is_malformed(memory_app: InMemoryApp, library: Api, desired: Any) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert library.post(f"/v2/videos/{fresh.video_id}/features", {"desired": desired}).status == 400


def test_an_analysis_of_an_unavailable_feature_is_unprocessable(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert library.post(f"/v2/videos/{fresh.video_id}/features", {"desired": ["chapters"]}).status == 422


def test_a_video_without_its_file_cannot_be_analysed(memory_app: InMemoryApp, library: Api) -> None:
    waiting = memory_app.uploading(account_id=ACCOUNT, status=UploadStatus.FAILED)
    answer = library.post(f"/v2/videos/{waiting.video_id}/features/transcript", {})
    assert (answer.status, "failed" in answer.error["message"]) == (409, True)
