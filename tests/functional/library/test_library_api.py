"""The library over HTTP: videos come in, are analysed, read, described, grouped and deleted."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from cinedex.kernel.ids import new_id
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import UploadStatus, Video

from functions.library_api import handler
from tests.support.api import Answer, Api, answer_of
from tests.support.golden import ACCOUNT, VIDEO, received
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.stores import PART_BYTES

FORM = "application/x-www-form-urlencoded"
URL = "https://media.test/a%20clip.mp4"


@pytest.fixture
def video(memory_app: InMemoryApp) -> Video:
    return memory_app.analysed(account_id=ACCOUNT, name="Tour")


def test_the_golden_request_is_answered_with_the_video(memory_app: InMemoryApp) -> None:
    memory_app.uploaded(video_id=VIDEO, account_id=ACCOUNT)
    answer = answer_of(handler(received("api_gateway_get_video"), None))
    assert (answer.status, answer.body["video_id"], answer.body["status"]) == (200, VIDEO, "uploaded")


def test_health_needs_no_key(library: Api) -> None:
    answer = Api(library.handler, scope=None).get("/health")
    assert (answer.status, answer.body) == (200, {"status": "ok"})


# Uploads


def multipart(fields: dict[str, str], file: tuple[str, bytes] | None = None) -> tuple[bytes, str]:
    lines = [f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    if file is not None:
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
        lines.append(head.encode() + file[1] + b"\r\n")
    return b"".join(lines) + b"--b--\r\n", "multipart/form-data; boundary=b"


def upload(library: Api, body: bytes, content_type: str) -> Answer:
    return library.call("POST", "/v2/videos", body=body, content_type=content_type)


def test_the_golden_upload_stores_its_bytes_without_a_name_being_given(memory_app: InMemoryApp) -> None:
    event = received("api_gateway_upload_file")
    answer = answer_of(handler(event, None))
    assert (answer.status, answer.body["status"], answer.body["metadata"]) == (202, "uploading", None)
    video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
    assert (video.name, video.media.key.rsplit("/", 1)[1]) == ("my clip.mp4", "my clip.mp4")
    assert memory_app.media.files[video.media.key] == b"\x00\x00\x00\x18ftypmp42\xff\xfe"
    assert memory_app.media.files[video.media.key] in base64.b64decode(event["body"])


def test_a_file_may_come_with_a_name_and_a_description(memory_app: InMemoryApp, library: Api) -> None:
    told = {"video_name": "Übung", "description": "a & b", "unknown": "ignored"}
    answer = upload(library, *multipart(told, ("clip.mp4", b"bytes")))
    video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
    assert (answer.status, video.name, video.description) == (202, "Übung", "a & b")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (urlencode({"video_url": URL, "video_name": "Clip"}).encode(), FORM),
        (json.dumps({"video_url": URL, "video_name": "Clip"}).encode(), "application/json; charset=utf-8"),
        multipart({"video_url": URL, "video_name": "Clip"}),
    ],
)
def test_a_url_may_come_in_any_of_three_encodings(
    memory_app: InMemoryApp, library: Api, body: bytes, content_type: str
) -> None:
    answer = upload(library, body, content_type)
    assert answer.status == 202
    assert memory_app.fetcher.requested == [(ACCOUNT, answer.body["video_id"], URL)]
    assert memory_app.videos.get(ACCOUNT, answer.body["video_id"]).name == "Clip"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        multipart({"video_url": URL}, ("clip.mp4", b"bytes")),
        multipart({"video_name": "Clip"}),
        (b"", FORM),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
def test_exactly_one_of_file_and_url_is_needed(
    memory_app: InMemoryApp, library: Api, body: bytes, content_type: str
) -> None:
    answer = upload(library, body, content_type)
    assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "validation_error", "file")
    assert memory_app.videos.list(ACCOUNT) == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"video_url": 7}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (json.dumps({"video_url": URL, "video_name": "x" * 501}).encode(), "application/json"),
        (b"no boundary", "multipart/form-data"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
    ],
)
def test_a_malformed_upload_is_told_so(memory_app: InMemoryApp, library: Api, body: bytes, content_type: str) -> None:
    answer = upload(library, body, content_type)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")
    assert memory_app.videos.list(ACCOUNT) == []


@pytest.mark.parametrize("url", ["ftp://media.test/x", "http://[::1", "nonsense", "http://media.test:99999/"])
def test_a_url_that_cannot_be_fetched_is_unprocessable(library: Api, url: str) -> None:
    answer = library.post("/v2/videos", {"video_url": url})
    assert (answer.status, answer.error["param"]) == (422, "video_url")


def test_an_unknown_group_is_not_found_before_anything_is_stored(memory_app: InMemoryApp, library: Api) -> None:
    answer = upload(library, *multipart({"group_id": new_id()}, ("clip.mp4", b"bytes")))
    assert (answer.status, answer.error["type"]) == (404, "not_found_error")
    assert memory_app.media.files == {}


def test_a_large_file_goes_straight_to_the_store(memory_app: InMemoryApp, library: Api) -> None:
    promise = library.post("/v2/videos/uploads", {"video_name": "clip.mp4", "size_bytes": PART_BYTES + 1})
    assert promise.status == 202
    video_id, ticket = promise.body["video_id"], promise.body["upload"]
    parts = [{"part_number": p["part_number"], "etag": memory_app.media.send(p["url"], b"x")} for p in ticket["parts"]]
    finished = {"upload_id": ticket["upload_id"], "parts": parts}
    for _ in range(2):
        answer = library.post(f"/v2/videos/{video_id}/uploads/complete", finished)
        assert (answer.status, answer.body["status"]) == (202, "uploading")
    assert memory_app.media.files[memory_app.videos.get(ACCOUNT, video_id).media.key] == b"xx"


@pytest.mark.parametrize(
    ("promised", "status"),
    [
        ({"video_name": "clip.mp4", "size_bytes": 0}, 422),
        ({"video_name": "clip.mp4", "size_bytes": 10**30}, 422),
        ({"video_name": "", "size_bytes": 5}, 400),
        ({"video_name": "clip.mp4"}, 400),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused(library: Api, promised: dict[str, Any], status: int) -> None:
    assert library.post("/v2/videos/uploads", promised).status == status


def test_a_promise_whose_file_has_not_come_cannot_be_completed(library: Api) -> None:
    video_id = library.post("/v2/videos/uploads", {"video_name": "a.mp4", "size_bytes": 5}).body["video_id"]
    assert library.post(f"/v2/videos/{video_id}/uploads/complete", {}).status == 409


# Videos


def test_a_video_tells_its_metadata_and_every_feature(library: Api, video: Video) -> None:
    told = library.get(f"/v2/videos/{video.video_id}").body
    assert told["url"].startswith("http")
    assert told["metadata"]["video_name"] == "Tour"
    assert {n: told["metadata"][n] for n in ("width", "height", "avg_fps", "duration")} == {
        "width": 640,
        "height": 360,
        "avg_fps": 25.0,
        "duration": 60.0,
    }
    assert set(told["features"]) == {f.value for f in Feature}
    assert (told["features"]["captions"], told["features"]["chapters"]) == ("ready", "none")
    assert told["feature_details"]["transcript"]["models"] == ["whisper@1", "cutter@1"]


def test_a_video_that_has_no_file_yet_has_no_url(memory_app: InMemoryApp, library: Api) -> None:
    waiting = memory_app.uploading(account_id=ACCOUNT)
    told = library.get(f"/v2/videos/{waiting.video_id}").body
    assert (told["url"], told["status"], told["metadata"]["duration"]) == (None, "uploading", None)


def test_a_failed_upload_says_why(memory_app: InMemoryApp, library: Api) -> None:
    failed = memory_app.uploading(account_id=ACCOUNT)
    memory_app.videos.save(failed.rejected("corrupt_media", "It is cut off."))
    told = library.get(f"/v2/videos/{failed.video_id}").body
    assert (told["status"], told["error"], told["error_code"]) == ("failed", "It is cut off.", "corrupt_media")


def test_videos_are_listed_newest_first(memory_app: InMemoryApp, library: Api) -> None:
    older, newer = memory_app.uploaded(account_id=ACCOUNT), memory_app.uploaded(account_id=ACCOUNT)
    memory_app.uploaded(account_id="other")
    listed = library.get("/v2/videos").body
    assert [v["video_id"] for v in listed["results"]] == [newer.video_id, older.video_id]


def test_named_videos_come_without_those_that_are_not_there(memory_app: InMemoryApp, library: Api) -> None:
    first, foreign = memory_app.uploaded(account_id=ACCOUNT), memory_app.uploaded(account_id="other")
    listed = library.get("/v2/videos", ids=[first.video_id, new_id(), foreign.video_id]).body
    assert [v["video_id"] for v in listed["results"]] == [first.video_id]


def test_a_description_changes_only_what_it_names(library: Api, video: Video) -> None:
    answer = library.patch(f"/v2/videos/{video.video_id}", {"title": "T", "name": None})
    assert (answer.status, answer.body["metadata"]["title"]) == (200, "T")
    assert answer.body["metadata"]["video_name"] == "Tour"


def test_an_explicit_null_takes_a_video_out_of_its_group_and_silence_does_not(library: Api, video: Video) -> None:
    group_id = library.post("/v2/video-groups", {"name": "G"}).body["group_id"]
    path = f"/v2/videos/{video.video_id}"
    assert library.patch(path, {"group_id": group_id}).body["group_id"] == group_id
    assert library.patch(path, {"title": "T"}).body["group_id"] == group_id
    assert library.patch(path, {"group_id": None}).body["group_id"] is None


def test_a_deleted_video_is_gone(library: Api, video: Video) -> None:
    answer = library.delete(f"/v2/videos/{video.video_id}")
    assert (answer.status, answer.body) == (200, {"status": "success", "message": "Video deleted"})
    assert library.get(f"/v2/videos/{video.video_id}").status == 404
    assert library.delete(f"/v2/videos/{video.video_id}").status == 404


# Features


def test_the_catalog_lists_what_can_be_triggered(library: Api) -> None:
    features = library.get("/v2/features").body["features"]
    assert [f["name"] for f in features] == ["transcript", "captions", "embeddings", "objects"]
    assert all({"name", "description", "depends_on", "produces", "note"} == set(f) for f in features)


def test_the_plan_names_only_what_is_wanted_and_can_be_triggered(memory_app: InMemoryApp, library: Api) -> None:
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


@pytest.mark.parametrize("body", [b"", b"{}", b'{"force": false, "force_feature_queue": true}', b"null"])
def test_a_trigger_takes_no_body_and_fields_that_it_does_not_know(
    memory_app: InMemoryApp, library: Api, body: bytes
) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.call("POST", f"/v2/videos/{fresh.video_id}/features/transcript", body=body)
    told = {name: answer.body[name] for name in ("video_id", "feature", "status")}
    assert (answer.status, told) == (200, {"video_id": fresh.video_id, "feature": "transcript", "status": "pending"})


def test_a_trigger_that_is_repeated_answers_the_same_and_starts_nothing(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    path = f"/v2/videos/{fresh.video_id}/features/transcript"
    assert library.post(path, {}).body == library.post(path, {}).body
    assert len(memory_app.runner.running) == 1


def test_a_trigger_of_what_is_ready_says_so(library: Api, video: Video) -> None:
    assert library.post(f"/v2/videos/{video.video_id}/features/captions", {}).body["status"] == "ready"


def test_lengths_and_language_reach_the_analysis(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    config = {"min_len": 5, "max_len": 8, "use_scene_detection": True, "language": "en-GB", "use_asr": True}
    library.post(f"/v2/videos/{fresh.video_id}/features/transcript", {"chunking_config": config})
    (run,) = memory_app.runs.list_of(fresh.video_id)
    kept = memory_app.now(fresh).segmenting
    assert (kept.min_len_s, kept.max_len_s, kept.use_scene_detection) == (5, 8, True)
    assert run.options == {"transcribe_speech": {"language": "en-GB"}}


def options_of(
    memory_app: InMemoryApp, library: Api, feature: str, body: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What reaches the run of a trigger, and what is told to be without effect."""
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
        ("captions", {"person_localization": {"conf": 0.6}}, {}, []),
        ("transcript", {"chunking_config": {"use_asr": False}}, {"transcribe_speech": {"use_asr": False}}, []),
        ("transcript", {"chunking_config": {"vad_threshold": 0.7}}, {"transcribe_speech": {"vad_threshold": 0.7}}, []),
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
def test_an_option_reaches_the_analysis_or_is_told_to_have_no_effect(
    memory_app: InMemoryApp,
    library: Api,
    feature: str,
    body: dict[str, Any],
    options: dict[str, Any],
    unserved: list[str],
) -> None:
    assert options_of(memory_app, library, feature, body) == (options, unserved)


@pytest.mark.parametrize("config", [{"min_len": 9, "max_len": 8}, {"min_len": 0}, {"max_len": 601}])
def test_lengths_that_make_no_sense_are_malformed(
    memory_app: InMemoryApp, library: Api, config: dict[str, Any]
) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features/transcript", {"chunking_config": config})
    assert (answer.status, answer.error["param"]) == (400, "chunking_config")


def test_a_trigger_before_what_it_needs_names_the_feature_and_its_status(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features/captions", {})
    assert (answer.status, answer.error["type"], answer.error["param"]) == (409, "conflict_error", "transcript")
    assert "Current status: none" in answer.error["message"]


@pytest.mark.parametrize("feature", ["scenes", "chapters", "nonsense", "a%20b"])
def test_what_cannot_be_triggered_is_not_found(memory_app: InMemoryApp, library: Api, feature: str) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert library.post(f"/v2/videos/{fresh.video_id}/features/{feature}", {}).status == 404


def test_a_whole_analysis_is_started_at_once_and_cut_at_scenes(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.post(f"/v2/videos/{fresh.video_id}/features", {"desired": ["embeddings", "objects"]})
    assert (answer.status, answer.body["features"]) == (200, {"embeddings": "pending", "objects": "pending"})
    assert memory_app.now(fresh).segmenting.use_scene_detection


@pytest.mark.parametrize("desired", [[], ["nonsense"], None])
def test_an_analysis_of_nothing_known_is_malformed(memory_app: InMemoryApp, library: Api, desired: Any) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert library.post(f"/v2/videos/{fresh.video_id}/features", {"desired": desired}).status == 400


def test_an_analysis_that_nothing_here_computes_is_unprocessable(memory_app: InMemoryApp, library: Api) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    assert library.post(f"/v2/videos/{fresh.video_id}/features", {"desired": ["chapters"]}).status == 422


def test_a_video_without_its_file_cannot_be_analysed(memory_app: InMemoryApp, library: Api) -> None:
    waiting = memory_app.uploading(account_id=ACCOUNT, status=UploadStatus.FAILED)
    answer = library.post(f"/v2/videos/{waiting.video_id}/features/transcript", {})
    assert (answer.status, "failed" in answer.error["message"]) == (409, True)


# Reads


def test_a_transcript_is_read_as_segments_as_words_and_as_text(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}/transcript"
    segments = library.get(path).body
    assert segments["data"][0] == {"start": 1.0, "end": 4.0, "text": "The rocket is ready."}
    words = library.get(path, format="words").body
    assert [w["text"] for w in words["data"]][:2] == ["The", "rocket"]
    text = library.get(path, format="text", page_limit=1).body
    assert text == {"text": "The rocket is ready. A cat drinks coffee."}


@pytest.mark.parametrize("format_", ["segments", "words"])
def test_pages_go_on_with_their_token_until_there_is_none(library: Api, video: Video, format_: str) -> None:
    path, query = f"/v2/videos/{video.video_id}/transcript", {"format": format_, "page_limit": 1}
    first = library.get(path, **query).body
    assert (len(first["data"]), first["next_page_token"] is None) == (1, False)
    read, page = [*first["data"]], first
    while page["next_page_token"]:
        page = library.get(path, **query, page_token=page["next_page_token"]).body
        read += page["data"]
    assert " ".join(r["text"] for r in read) == "The rocket is ready. A cat drinks coffee."


def test_captions_scenes_objects_and_screen_text_are_read_by_time(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}"
    captions = library.get(f"{path}/captions", start=21, end=22).body["data"]
    assert captions == [{"start": 20.0, "end": 40.0, "caption": "Segment 1.", "model": "teller@1"}]
    scenes = library.get(f"{path}/scenes").body["data"]
    assert scenes == [{"index": 0, "start": 0.0, "end": 20.0}, {"index": 1, "start": 20.0, "end": 60.0}]
    assert library.get(f"{path}/screen-text").body["data"] == [{"start": 0.0, "end": 60.0, "text": "CHUNK 0"}]
    (first, *_) = library.get(f"{path}/objects").body["data"]
    assert first["detections"] == [
        {
            "type": "person",
            "bbox": [1, 2, 30, 40],
            "frame_idx": 250,
            "frame_timestamp_start": 10.0,
            "frame_timestamp_end": 11.0,
            "person_id": None,
            "score": 0.912,
        }
    ]


def test_objects_of_a_kind_that_was_not_seen_are_none(library: Api, video: Video) -> None:
    assert library.get(f"/v2/videos/{video.video_id}/objects", type="face").body["data"] == []


@pytest.mark.parametrize("insight", ["transcript", "captions", "scenes", "objects", "screen-text"])
def test_reading_what_is_not_ready_names_the_feature_and_its_status(
    memory_app: InMemoryApp, library: Api, insight: str
) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.get(f"/v2/videos/{fresh.video_id}/{insight}")
    assert (answer.status, answer.error["type"]) == (409, "conflict_error")
    assert "Current status: none." in answer.error["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"start": -1},
        {"start": 5, "end": 4},
        {"start": "nan"},
        {"start": "x"},
        {"page_limit": 0},
        {"page_limit": 501},
        {"page_limit": "x"},
        {"page_token": "!!!"},
        {"page_token": "KyIyIg"},
        {"format": "srt"},
    ],
)
def test_a_read_that_makes_no_sense_is_malformed(library: Api, video: Video, query: dict[str, Any]) -> None:
    answer = library.get(f"/v2/videos/{video.video_id}/transcript", **query)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")


@pytest.mark.parametrize("end", ["inf", "1e300", "1e9"])
def test_a_read_may_reach_beyond_any_video(library: Api, video: Video, end: str) -> None:
    answer = library.get(f"/v2/videos/{video.video_id}/transcript", start=30, end=end)
    assert (answer.status, len(answer.body["data"])) == (200, 1)


# Groups


def test_a_group_is_made_looked_at_changed_and_removed(library: Api) -> None:
    made = library.post("/v2/video-groups", {"name": "Launch clips", "metadata": None})
    assert (made.status, made.body["name"], made.body["metadata"]) == (200, "Launch clips", {})
    path = f"/v2/video-groups/{made.body['group_id']}"
    assert library.get(path).body == made.body
    changed = library.patch(path, {"metadata": {"team": "a"}}).body
    assert (changed["name"], changed["metadata"]) == ("Launch clips", {"team": "a"})
    assert library.get("/v2/video-groups").body == {"results": [changed]}
    assert library.delete(path).body == {"status": "success", "message": None}
    assert library.get(path).status == 404


def test_videos_are_moved_into_a_group_all_or_none(library: Api, video: Video) -> None:
    group_id = library.post("/v2/video-groups", {"name": "G"}).body["group_id"]
    path = f"/v2/video-groups/{group_id}/videos"
    assert library.post(path, {"video_ids": [video.video_id, new_id()]}).status == 404
    assert library.get(path).body == {"results": []}
    moved = library.post(path, {"video_ids": [video.video_id]}).body
    assert moved == {"status": "success", "moved_count": 1, "group_id": group_id, "video_ids": [video.video_id]}
    assert [v["video_id"] for v in library.get(path).body["results"]] == [video.video_id]


def test_a_name_that_is_taken_is_a_conflict(library: Api) -> None:
    library.post("/v2/video-groups", {"name": "G"})
    answer = library.post("/v2/video-groups", {"name": "G"})
    assert (answer.status, answer.error["type"], answer.error["param"]) == (409, "conflict_error", "name")


@pytest.mark.parametrize("name", ["", " ", "x" * 201, None, 7])
def test_a_name_that_is_no_name_is_malformed(library: Api, name: Any) -> None:
    assert library.post("/v2/video-groups", {"name": name}).status == 400
