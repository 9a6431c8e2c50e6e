"""`/v2/videos`: list, read, update and delete."""

from __future__ import annotations

import pytest
from cinedex.kernel.ids import new_id
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.probe import AudioTrack
from cinedex.library.domain.video import Video

from functions.library_api import handler
from tests.support.api import Api, answer_of
from tests.support.golden import ACCOUNT, VIDEO, received
from tests.support.memory.app_fixture import InMemoryApp


def test_the_golden_request_gets_the_video(memory_app: InMemoryApp) -> None:
    memory_app.uploaded(video_id=VIDEO, account_id=ACCOUNT)
    answer = answer_of(handler(received("api_gateway_get_video"), None))
    assert (answer.status, answer.body["video_id"], answer.body["status"]) == (200, VIDEO, "uploaded")


def test_a_video_has_its_metadata_and_every_feature(library: Api, video: Video) -> None:
    body = library.get(f"/v2/videos/{video.video_id}").body
    assert body["url"].startswith("http")
    assert body["metadata"]["video_name"] == "Tour"
    assert {n: body["metadata"][n] for n in ("width", "height", "avg_fps", "duration")} == {
        "width": 640,
        "height": 360,
        "avg_fps": 25.0,
        "duration": 60.0,
    }
    assert set(body["features"]) == {f.value for f in Feature}
    assert (body["features"]["captions"], body["features"]["chapters"]) == ("ready", "none")
    assert body["feature_details"]["transcript"]["models"] == ["whisper@1", "cutter@1"]


def test_a_video_lists_its_audio_tracks_and_what_could_not_be_decoded(
    memory_app: InMemoryApp, library: Api, video: Video
) -> None:
    assert library.get(f"/v2/videos/{video.video_id}").body["metadata"]["unreadable"] is None
    assert video.probe is not None
    tracks = (AudioTrack(index=0, codec="aac", channels=2, language="eng", title="Commentary", is_default=True),)
    damage = {"audio_tracks": tracks, "unreadable_picture": 0.0005, "unreadable_sound": 0.25}
    memory_app.videos.save(video.changed(probe=video.probe.model_copy(update=damage)))
    metadata = library.get(f"/v2/videos/{video.video_id}").body["metadata"]
    assert metadata["audio_tracks"] == [tracks[0].model_dump()]
    assert metadata["unreadable"] == (
        "The file is damaged: less than 0.1 % of the pictures and 25 % of the sound could not be decoded."
    )


def test_a_video_says_which_speech_is_not_in_the_transcript(
    memory_app: InMemoryApp, library: Api, video: Video
) -> None:
    assert library.get(f"/v2/videos/{video.video_id}").body["metadata"]["untranscribed"] is None
    memory_app.videos.save(video.transcribed(("und",), 61.6, None))
    body = library.get(f"/v2/videos/{video.video_id}").body
    reason = "in a language that the speech model does not know, or too unclear."
    assert body["metadata"]["languages"] == ["und"]
    expected = ("und", f"About 62 s of speech are not in the transcript: {reason}")
    assert (body["language"], body["metadata"]["untranscribed"]) == expected


def test_a_video_that_has_no_file_yet_has_no_url(memory_app: InMemoryApp, library: Api) -> None:
    waiting = memory_app.uploading(account_id=ACCOUNT)
    body = library.get(f"/v2/videos/{waiting.video_id}").body
    assert (body["url"], body["status"], body["metadata"]["duration"]) == (None, "uploading", None)


def test_a_failed_upload_has_an_error_and_a_code(memory_app: InMemoryApp, library: Api) -> None:
    failed = memory_app.uploading(account_id=ACCOUNT)
    memory_app.videos.save(failed.rejected("corrupt_media", "It is cut off."))
    body = library.get(f"/v2/videos/{failed.video_id}").body
    assert (body["status"], body["error"], body["error_code"]) == ("failed", "It is cut off.", "corrupt_media")


def test_videos_are_listed_newest_first(memory_app: InMemoryApp, library: Api) -> None:
    older, newer = memory_app.uploaded(account_id=ACCOUNT), memory_app.uploaded(account_id=ACCOUNT)
    memory_app.uploaded(account_id="other")
    listed = library.get("/v2/videos").body
    assert [v["video_id"] for v in listed["results"]] == [newer.video_id, older.video_id]


def test_videos_are_listed_by_id_without_unknown_ones(memory_app: InMemoryApp, library: Api) -> None:
    first, foreign = memory_app.uploaded(account_id=ACCOUNT), memory_app.uploaded(account_id="other")
    listed = library.get("/v2/videos", ids=[first.video_id, new_id(), foreign.video_id]).body
    assert [v["video_id"] for v in listed["results"]] == [first.video_id]


def test_requested_videos_are_paged_by_number_and_by_size(
    memory_app: InMemoryApp, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [memory_app.uploaded(account_id=ACCOUNT).video_id for _ in range(5)]
    requested = [*ids[:2], new_id(), *ids[2:]]
    first = library.get("/v2/videos", ids=requested, page_limit=3).body
    rest = library.get("/v2/videos", ids=requested, page_limit=3, page_token=first["next_page_token"]).body
    assert [[v["video_id"] for v in page["results"]] for page in (first, rest)] == [ids[:3], ids[3:]]
    assert (rest["next_page_token"], rest["total"]) == (None, None)
    assert library.get("/v2/videos", ids=ids, page_token=first["next_page_token"]).status == 400
    monkeypatch.setattr("cinedex.api.response_size.RESPONSE_BYTES_MAX", 1_000)
    small = library.get("/v2/videos", ids=requested).body
    assert 0 < len(small["results"]) < 5
    assert small["next_page_token"] is not None


def test_an_update_changes_only_the_given_fields(library: Api, video: Video) -> None:
    answer = library.patch(f"/v2/videos/{video.video_id}", {"title": "T", "name": None})
    assert (answer.status, answer.body["metadata"]["title"]) == (200, "T")
    assert answer.body["metadata"]["video_name"] == "Tour"


def test_null_leaves_a_video_in_its_group(library: Api, video: Video) -> None:
    group_id = library.post("/v2/video-groups", {"name": "G"}).body["group_id"]
    path = f"/v2/videos/{video.video_id}"
    assert library.patch(path, {"group_id": group_id}).body["group_id"] == group_id
    assert library.patch(path, {"title": "T"}).body["group_id"] == group_id
    assert library.patch(path, {"group_id": None}).body["group_id"] == group_id
    everything = {"title": "U", "name": None, "description": None, "group_id": None, "metadata": None}
    assert library.patch(path, everything).body["group_id"] == group_id


@pytest.mark.parametrize("no_group", ["default", ""])
def test_the_default_group_takes_a_video_out_of_its_group(
    memory_app: InMemoryApp, library: Api, video: Video, no_group: str
) -> None:
    path = f"/v2/videos/{video.video_id}"
    group_id = library.post("/v2/video-groups", {"name": "G"}).body["group_id"]
    library.patch(path, {"group_id": group_id})
    assert library.patch(path, {"group_id": no_group}).body["group_id"] is None
    assert library.get(f"/v2/video-groups/{group_id}/videos").body["results"] == []


def test_a_deleted_video_is_not_found(library: Api, video: Video) -> None:
    answer = library.delete(f"/v2/videos/{video.video_id}")
    assert (answer.status, answer.body) == (200, {"status": "success", "message": "Video deleted"})
    assert library.get(f"/v2/videos/{video.video_id}").status == 404
    assert library.delete(f"/v2/videos/{video.video_id}").status == 404
