"""`/v2/drop` and policies: status, rejected files, uploads, backfills."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.imports.domain.drop_key import DropRoot
from cinedex.kernel.errors import StoreUnavailable
from cinedex.kernel.ids import new_id

from functions import continue_backfills, sweep_deletions
from tests.support.api import Api
from tests.support.drops import POISON, DropClient
from tests.support.golden import ACCOUNT, received
from tests.support.memory.stores import etag_of


def test_the_status_says_where_files_belong_and_what_has_arrived(client: DropClient, library: Api) -> None:
    client.drop("Trips/clip.mp4")
    client.drop("Trips/poison.mp4", POISON)
    status = library.get("/v2/drop").body
    assert status["prefix"] == f"s3://media/drop/{ACCOUNT}/"
    assert status["command"] == f"aws s3 cp clip.mp4 's3://media/drop/{ACCOUNT}/My group/clip.mp4'"
    assert status["counts"] == {"arrived": 2, "ready": 1, "rejected": 1}
    assert [(r["key"].rsplit("/", 1)[1], r["state"], r["error_code"]) for r in status["recent"]] == [
        ("poison.mp4", "rejected", "unsupported_media"),
        ("clip.mp4", "arrived", None),
    ]


def test_a_change_is_recent_for_seven_days(client: DropClient, library: Api) -> None:
    client.drop("Trips/clip.mp4")
    client.app.clock.advance(days=6, hours=23)
    assert len(library.get("/v2/drop").body["recent"]) == 1
    client.app.clock.advance(hours=2)
    assert library.get("/v2/drop").body["recent"] == []


def test_the_command_names_the_endpoint_of_a_local_stack(
    client: DropClient, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert "aws --endpoint-url http://127.0.0.1:4566 s3 cp" in library.get("/v2/drop").body["command"]


def test_rejected_files_are_paged_newest_first(client: DropClient, library: Api) -> None:
    for n in range(5):
        client.drop(f"Trips/{n}.mp4", POISON)
    first = library.get("/v2/drop/rejected", page_limit=3).body
    second = library.get("/v2/drop/rejected", page_limit=3, page_token=first["next_page_token"]).body
    names = [r["key"].rsplit("/", 1)[1] for r in first["results"] + second["results"]]
    assert names == ["4.mp4", "3.mp4", "2.mp4", "1.mp4", "0.mp4"]
    assert (first["total"], second["next_page_token"]) == (5, None)
    assert first["results"][0]["error"] == "The file has no format that FFmpeg knows."


def test_an_account_sees_only_its_own_files(client: DropClient, library: Api) -> None:
    client.drop("Trips/clip.mp4", POISON)
    theirs = Api(library.handler, account_id="theirs")
    assert theirs.get("/v2/drop").body["counts"]["arrived"] == 0
    assert theirs.get("/v2/drop/rejected").body["results"] == []


def test_a_client_with_an_api_key_uploads_into_the_folder_of_its_account(client: DropClient, library: Api) -> None:
    answer = library.post("/v2/drop/uploads", {"path": "Trips/clip.mp4", "size_bytes": 7}).body
    assert answer["key"] == f"drop/{ACCOUNT}/Trips/clip.mp4"
    client.app.media.send(answer["upload"]["url"], b"a video")
    assert client.receive(client.put("Trips/clip.mp4")) == []
    assert list(client.videos) == ["Trips/clip.mp4"]


def test_a_file_that_the_folder_has_need_not_be_sent(client: DropClient, library: Api) -> None:
    client.put("Trips/clip.mp4", b"a video")
    request = {"path": "Trips/clip.mp4", "size_bytes": 7, "etag": etag_of(b"a video")}
    assert library.post("/v2/drop/uploads", request).body["upload"] is None
    assert library.post("/v2/drop/uploads", request | {"etag": "x"}).body["upload"] is not None


@pytest.mark.parametrize("size_bytes", [7, 17 * 1024**2])
def test_a_repeated_request_is_signed_again(client: DropClient, library: Api, size_bytes: int) -> None:
    request, key = {"path": "Trips/clip.mp4", "size_bytes": size_bytes}, {"idempotency-key": "k1"}
    first, again = (library.call("POST", "/v2/drop/uploads", document=request, headers=key).body for _ in range(2))
    (record,) = client.app.idempotency._records.values()
    assert again == first
    assert first["upload"]["url"] or first["upload"]["parts"]
    assert "put:" not in record.model_dump_json()
    assert "part:" not in record.model_dump_json()


def test_a_large_file_is_uploaded_in_parts_and_completed_twice(client: DropClient, library: Api) -> None:
    size = 17 * 1024**2
    upload = library.post("/v2/drop/uploads", {"path": "Trips/clip.mp4", "size_bytes": size}).body["upload"]
    etags = [client.app.media.send(part["url"], b"%d" % part["part_number"]) for part in upload["parts"]]
    parts = [{"part_number": n, "etag": etag} for n, etag in enumerate(etags, 1)]
    done = {"path": "Trips/clip.mp4", "upload_id": upload["upload_id"], "parts": parts}
    assert library.post("/v2/drop/uploads/complete", done).status == 200
    assert library.post("/v2/drop/uploads/complete", done | {"upload_id": "another"}).status == 404


@pytest.mark.parametrize(
    "path", ["clip.mp4", "Trips//clip.mp4", "../theirs/clip.mp4", "Trips/../../x", "Trips/.hidden", "Trips/", "é" * 600]
)
def test_a_path_that_would_be_rejected_or_ignored_is_refused_at_once(
    client: DropClient, library: Api, path: str
) -> None:
    answer = library.post("/v2/drop/uploads", {"path": path, "size_bytes": 7})
    assert (answer.status, answer.error["param"]) == (422, "path")


def test_the_policy_of_a_group_is_set_and_read(client: DropClient, library: Api) -> None:
    group_id = library.post("/v2/video-groups", {"name": "Trips"}).body["group_id"]
    path = f"/v2/video-groups/{group_id}/policy"
    empty = {"features": None, "effective_features": [], "group_id": group_id, "retention_days": None}
    assert library.get(path).body == empty
    stored = library.call("PUT", path, document={"features": ["transcript", "transcript"], "retention_days": 3})
    assert stored.body == empty | {
        "features": ["transcript"],
        "effective_features": ["transcript"],
        "retention_days": 3,
    }
    assert library.get(path).body == stored.body
    assert library.call("PUT", path, document={}).body == empty


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"features": ["audio_events"]}, 422),
        ({"features": ["no such feature"]}, 400),
        ({"retention_days": 0}, 400),
        ({"retention_days": 40_000}, 400),
        ({"retention": 3}, 400),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(client: DropClient, library: Api, body: object, status: int) -> None:
    group_id = library.post("/v2/video-groups", {"name": "Trips"}).body["group_id"]
    answer = library.call("PUT", f"/v2/video-groups/{group_id}/policy", document=body)
    assert answer.status == status


def queued(client: DropClient) -> list[str]:
    return [notice.key for notice in client.app.drop_queue.sent]


def deliver(client: DropClient) -> None:
    """The messages of the queue."""
    from cinedex.adapters.sqs.drop_queue import _body

    messages = [_body(notice) for notice in client.app.drop_queue.sent]
    client.app.drop_queue.sent.clear()
    assert client.receive(*messages) == []


def test_a_backfill_receives_what_was_there_before_and_nothing_twice(client: DropClient, library: Api) -> None:
    for n in range(3):
        client.put(f"Trips/{n}.mp4")
    client.drop("Trips/known.mp4")
    client.put("Trips/.hidden.mp4")
    job = library.post("/v2/drop/backfill", {}).body
    assert {name: job[name] for name in ("status", "listed", "queued", "error")} == {
        "status": "done",
        "listed": 5,
        "queued": 3,
        "error": None,
    }
    deliver(client)
    assert len(client.videos) == 4
    assert library.post("/v2/drop/backfill", {}).body["queued"] == 0
    assert library.get(f"/v2/drop/backfill/{job['job_id']}").body == job
    assert len(library.get("/v2/drop/backfill").body["results"]) == 2


def test_a_backfill_of_many_pages_is_continued_from_its_checkpoint(
    client: DropClient, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.imports.usecases.backfill_drop.PAGE", 2)
    monkeypatch.setattr("cinedex.imports.usecases.backfill_drop.AT_ONCE_S_MAX", 0.0)
    for n in range(5):
        client.put(f"Trips/{n}.mp4")
    job = library.post("/v2/drop/backfill", {}).body
    assert (job["status"], job["listed"]) == ("running", 0)
    send, sent = client.app.drop_queue.send, []

    def fails_once(notices: list[object]) -> None:
        sent.append(notices)
        if len(sent) == 2:
            raise StoreUnavailable()
        send(notices)  # type: ignore[arg-type]

    monkeypatch.setattr(client.app.drop_queue, "send", fails_once)
    assert continue_backfills.handler(received("schedule"), None) == {"started": 0, "open_backfills": 1}
    assert library.get(f"/v2/drop/backfill/{job['job_id']}").body["listed"] == 2
    assert continue_backfills.handler(received("schedule"), None) == {"started": 0, "open_backfills": 0}
    done = library.get(f"/v2/drop/backfill/{job['job_id']}").body
    assert (done["status"], done["listed"], done["queued"]) == ("done", 5, 5)
    assert queued(client) == [client.key(f"Trips/{n}.mp4") for n in range(5)]


def test_after_a_restart_lost_events_of_every_account_are_found(client: DropClient) -> None:
    theirs = DropClient(client.app, "theirs")
    client.put("Trips/clip.mp4")
    theirs.put("Trips/clip.mp4")
    answer = continue_backfills.handler({"after_restart": True}, None)
    assert answer == {"started": 2, "open_backfills": 0}
    deliver(client)
    assert len(client.videos) == len(theirs.videos) == 1


def test_a_backfill_renews_the_chance_of_a_rejected_file(client: DropClient, library: Api) -> None:
    client.drop("Trips/clip.mp4", POISON)
    client.app.media.files[client.key("Trips/clip.mp4")] = b"repaired, and its event was lost"
    library.post("/v2/drop/backfill", {})
    deliver(client)
    assert (list(client.videos), client.rejected) == (["Trips/clip.mp4"], {})


@pytest.fixture
def users_bucket(client: DropClient, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What is in a bucket of a user, of which one folder is allowed for the account."""
    files = {"media/Trips/a/1.mp4": b"one", "media/2.mp4": b"two", "media-of-another/Trips/3.mp4": b"three"}
    client.app.drop_folder.others["users-bucket"] = files
    monkeypatch.setenv("DROP_SOURCES", f"{ACCOUNT}=users-bucket/media theirs=users-bucket/media-of-another/")
    return files


def test_a_bucket_of_the_user_is_read_in_place(
    client: DropClient, library: Api, users_bucket: dict[str, bytes]
) -> None:
    before = dict(users_bucket)
    job = library.post("/v2/drop/backfill", {"source": "s3://users-bucket/media"}).body
    assert (job["source"], job["queued"]) == ("s3://users-bucket/media/", 2)
    deliver(client)
    (video,) = client.app.videos.list(ACCOUNT)
    assert (video.media.bucket, video.media.key) == ("users-bucket", "media/Trips/a/1.mp4")
    assert (client.groups()[str(video.collection_id)], video.user_metadata) == ("Trips", {"path": "a"})
    assert [e["error_code"] for e in library.get("/v2/drop/rejected").body["results"]] == ["bad_path"]
    client.app.delete(ACCOUNT, video.video_id)
    assert users_bucket == before
    library.post("/v2/drop/backfill", {"source": "s3://users-bucket/media/"})
    deliver(client)
    assert client.app.videos.list(ACCOUNT) == []


def test_a_backfill_may_name_one_group_for_all_files(
    client: DropClient, library: Api, users_bucket: dict[str, bytes]
) -> None:
    library.post("/v2/drop/backfill", {"source": "s3://users-bucket/media", "group_name": "Archive"})
    deliver(client)
    paths = {v.media.key: v.user_metadata for v in client.app.videos.list(ACCOUNT)}
    assert paths == {"media/Trips/a/1.mp4": {"path": "Trips/a"}, "media/2.mp4": {}}
    assert list(client.groups().values()) == ["Archive"]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("s3://users-bucket", 403),
        ("s3://users-bucket/media-of-another/", 403),
        ("s3://users-bucket/medi", 403),
        ("s3://another-bucket/media", 403),
        ("s3://media/uploads/", 403),
        ("s3://media/drop/theirs/", 403),
        ("s3://media/", 403),
        ("https://users-bucket/media", 400),
        ("s3://", 400),
    ],
)
def test_a_source_that_the_account_may_not_read_is_refused(
    client: DropClient, library: Api, users_bucket: dict[str, bytes], source: str, status: int
) -> None:
    assert library.post("/v2/drop/backfill", {"source": source}).status == status
    assert library.get("/v2/drop/backfill").body["results"] == []


def test_a_source_that_does_not_exist_is_reported(
    client: DropClient, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROP_SOURCES", f"{ACCOUNT}=no-such-bucket/")
    assert library.post("/v2/drop/backfill", {"source": "s3://no-such-bucket/"}).status == 404


def test_a_notice_of_a_backfill_keeps_its_root(client: DropClient, users_bucket: dict[str, bytes]) -> None:
    backfill_root = DropRoot(account_id=ACCOUNT, bucket="users-bucket", prefix="media/")
    from cinedex.adapters.sqs.drop_queue import _body, parse_message
    from cinedex.imports.domain.drop_notice import DropNotice

    notice = DropNotice(bucket="users-bucket", key="media/x é.mp4", root=backfill_root)
    assert parse_message(_body(notice)) == [notice]


def test_videos_are_deleted_after_the_retention_of_their_group_once_a_day(
    client: DropClient, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.library.usecases.expire_videos.PAGE", 2)
    for n in range(5):
        client.drop(f"Trips/{n}.mp4")
    client.drop("Talks/kept.mp4")
    created_at = next(iter(client.videos.values())).created_at
    client.app.clock.at = created_at + timedelta(days=2)
    trips = next(i for i, name in client.groups().items() if name == "Trips")
    library.call("PUT", f"/v2/video-groups/{trips}/policy", document={"retention_days": 3})
    assert sweep_deletions.handler(received("schedule"), None)["expired_videos"] == 0  # type: ignore[index]
    client.app.clock.at = created_at + timedelta(days=3, hours=1)
    assert sweep_deletions.handler(received("schedule"), None)["expired_videos"] == 5  # type: ignore[index]
    assert list(client.videos) == ["Talks/kept.mp4"]
    assert [k for k in client.app.media.files if "Trips" in k] == []
    client.drop("Trips/new.mp4")
    assert sweep_deletions.handler(received("schedule"), None)["expired_videos"] == 0  # type: ignore[index]


def test_a_video_that_cannot_be_deleted_does_not_hold_up_the_others(
    client: DropClient, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        client.drop(f"Trips/{n}.mp4")
    (trips,) = client.groups()
    library.call("PUT", f"/v2/video-groups/{trips}/policy", document={"retention_days": 1})
    broken = client.videos["Trips/1.mp4"].video_id
    delete = client.app.videos.delete

    def fails(account_id: str, video_id: str) -> None:
        if video_id == broken:
            raise StoreUnavailable()
        delete(account_id, video_id)

    monkeypatch.setattr(client.app.videos, "delete", fails)
    client.app.clock.at = client.videos["Trips/1.mp4"].created_at + timedelta(days=2)
    assert sweep_deletions.handler(received("schedule"), None)["expired_videos"] == 2  # type: ignore[index]
    assert list(client.videos) == ["Trips/1.mp4"]


def test_the_policy_of_a_deleted_group_is_deleted_in_the_sweep(client: DropClient, library: Api) -> None:
    group_id = library.post("/v2/video-groups", {"name": "Trips"}).body["group_id"]
    library.call("PUT", f"/v2/video-groups/{group_id}/policy", document={"retention_days": 1})
    library.delete(f"/v2/video-groups/{group_id}")
    sweep_deletions.handler(received("schedule"), None)
    assert client.app.policies.find(ACCOUNT, group_id) is None


def test_a_backfill_of_another_account_is_not_found(client: DropClient, library: Api) -> None:
    job_id = library.post("/v2/drop/backfill", {}).body["job_id"]
    theirs = Api(library.handler, account_id="theirs")
    assert theirs.get(f"/v2/drop/backfill/{job_id}").status == 404
    assert library.get(f"/v2/drop/backfill/{new_id()}").status == 404
