"""Files of the drop folder become videos, whatever their names and the order of their events."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cinedex.imports.domain.drop_entry import DropList
from cinedex.kernel.errors import StoreUnavailable
from cinedex.library.domain.collection_policy import OF_ACCOUNT
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import UploadStatus
from cinedex.usage.charge_video import ChargeVideo

from tests.support.drops import POISON, DropClient, account_key, body_of
from tests.support.golden import received
from tests.support.memory.access import MemoryVideoBudget

RECORDED_ACCOUNT = "0198c1de-0000-7000-8000-00000000000a"
PATHS = [
    "Trips/clip.mp4",
    "Trips/my clip (1).mp4",
    "Trips/a+b%20c%2Fd.mp4",
    "Trips/snow ❄ \u202egpj.mp4",
    "Trips/Ünïcödé/ビデオ.mp4",
    "Trips/no suffix",
    "Trips/100%.mp4",
    "Trips/" + "d" * 400 + "/" + "é" * 240 + ".mp4",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_file_becomes_a_video_of_the_group_of_its_folder(client: DropClient, path: str) -> None:
    client.drop(path)
    (video,) = client.videos.values()
    assert (video.status, video.media.key, video.media.bucket) == (UploadStatus.UPLOADED, client.key(path), "media")
    assert client.groups()[str(video.collection_id)] == "Trips"
    assert video.name == path.rsplit("/", 1)[1]


def test_folders_below_the_group_are_the_metadata_path(client: DropClient) -> None:
    client.drop("Trips/2026/Rome/clip.mp4")
    client.drop("Trips/clip.mp4")
    paths = {path: video.user_metadata for path, video in client.videos.items()}
    assert paths == {"Trips/2026/Rome/clip.mp4": {"path": "2026/Rome"}, "Trips/clip.mp4": {}}


def test_a_repeated_event_is_received_once(client: DropClient) -> None:
    message = client.put("Trips/clip.mp4")
    assert client.receive(message, message) == []
    assert client.receive(message) == []
    assert len(client.videos) == 1
    assert client.app.drops.counts(client.account_id).ready == 1


def test_the_same_content_under_two_keys_is_two_videos(client: DropClient) -> None:
    client.drop("Trips/a.mp4")
    client.drop("Trips/b.mp4")
    assert len({v.video_id for v in client.videos.values()}) == 2


def test_another_file_under_the_same_key_is_the_next_version_of_its_video(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    (first,) = client.videos.values()
    state = first.feature(Feature.TRANSCRIPT).queued().finished(("m",))
    client.app.videos.save(first.with_feature(Feature.TRANSCRIPT, state).changed(title="Mine"))
    client.drop("Trips/clip.mp4", b"another video")
    (second,) = client.videos.values()
    assert (second.video_id, second.title) == (first.video_id, "Mine")
    assert second.feature(Feature.TRANSCRIPT).status is FeatureStatus.NONE
    assert second.feature(Feature.TRANSCRIPT).generation == 1
    assert second.media.etag != first.media.etag


def test_the_same_file_again_keeps_its_features(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    (video,) = client.videos.values()
    state = video.feature(Feature.TRANSCRIPT).queued().finished(("m",))
    client.app.videos.save(video.with_feature(Feature.TRANSCRIPT, state))
    client.drop("Trips/clip.mp4")
    assert client.videos["Trips/clip.mp4"].feature(Feature.TRANSCRIPT).status is FeatureStatus.READY


def test_events_in_any_order_lead_to_the_last_version(client: DropClient) -> None:
    first = client.put("Trips/clip.mp4", b"one")
    second = client.put("Trips/clip.mp4", b"two")
    third = client.put("Trips/clip.mp4", b"three")
    assert client.receive(third, first) == []
    assert client.receive(second, first, third) == []
    (video,) = client.videos.values()
    assert video.media.size_bytes == 5


def test_a_removal_wins_over_an_older_event(client: DropClient) -> None:
    created, removed = client.put("Trips/clip.mp4"), client.remove("Trips/clip.mp4")
    assert client.receive(removed) == []
    assert client.receive(created) == []
    assert client.videos == {}


def test_a_removal_that_arrives_after_a_newer_file_changes_nothing(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    removed = client.remove("Trips/clip.mp4")
    client.drop("Trips/clip.mp4", b"newer")
    assert client.receive(removed) == []
    assert client.videos["Trips/clip.mp4"].media.size_bytes == 5


def test_the_video_of_a_removed_file_stays_by_default(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    before = client.videos
    assert client.receive(client.remove("Trips/clip.mp4")) == []
    assert client.videos == before
    client.drop("Trips/clip.mp4", b"back again")
    assert client.videos["Trips/clip.mp4"].video_id == before["Trips/clip.mp4"].video_id


def test_the_video_of_a_removed_file_is_deleted_if_the_operator_wants_it(
    client: DropClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROP_DELETION", "delete")
    client.drop("Trips/clip.mp4")
    assert client.receive(client.remove("Trips/clip.mp4")) == []
    assert client.videos == {}
    client.drop("Trips/clip.mp4")
    assert list(client.videos) == ["Trips/clip.mp4"]


def test_deleting_a_video_removes_its_file_and_dropping_the_file_again_is_another_video(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    (video,) = client.videos.values()
    client.app.delete(client.account_id, video.video_id)
    assert client.key("Trips/clip.mp4") not in client.app.media.files
    assert client.receive(client.remove("Trips/clip.mp4")) == []
    client.drop("Trips/clip.mp4")
    assert client.videos["Trips/clip.mp4"].video_id != video.video_id


IGNORED = [
    "Trips/",
    "Trips/.DS_Store",
    "Trips/Thumbs.db",
    "Trips/desktop.ini",
    "Trips/._clip.mp4",
    "Trips/.git/clip.mp4",
    "__MACOSX/clip.mp4",
]


@pytest.mark.parametrize("path", IGNORED)
def test_hidden_files_and_folders_are_ignored(client: DropClient, path: str) -> None:
    client.drop(path, b"")
    assert (client.videos, client.rejected, client.entries(DropList.RECENT)) == ({}, {}, [])


REJECTED = {
    "clip.mp4": (b"a video", "bad_path"),
    "Trips//clip.mp4": (b"a video", "bad_path"),
    "Trips/../clip.mp4": (b"a video", "bad_path"),
    "../theirs/Trips/clip.mp4": (b"a video", "bad_path"),
    "Trips/./clip.mp4": (b"a video", "bad_path"),
    "Trips/a\nb.mp4": (b"a video", "bad_path"),
    " /clip.mp4": (b"a video", "bad_path"),
    "x" * 201 + "/clip.mp4": (b"a video", "bad_path"),
    "Trips/poison.mp4": (POISON, "unsupported_media"),
    "Trips/empty.mp4": (b"", "empty_file"),
    "Trips/notes.txt": (b"a video", "not_a_video"),
    "Trips/photo.JPG": (b"a video", "not_a_video"),
    "Trips/large.mp4": (b"x" * 1001, "too_large"),
}


@pytest.mark.parametrize("path", REJECTED)
def test_a_file_that_cannot_be_used_has_a_reason_and_stays(
    client: DropClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("DROP_BYTES_MAX", "1000")
    body, code = REJECTED[path]
    client.drop(path, body)
    assert (client.videos, client.rejected) == ({}, {path: code})
    assert client.app.media.files[client.key(path)] == body
    assert client.app.drops.counts(client.account_id).rejected == 1
    assert client.groups() == {}


def test_a_file_that_was_repaired_is_no_longer_rejected(client: DropClient) -> None:
    client.drop("Trips/clip.mp4", POISON)
    client.drop("Trips/clip.mp4", b"repaired")
    assert (list(client.videos), client.rejected) == (["Trips/clip.mp4"], {})
    counts = client.app.drops.counts(client.account_id)
    assert (counts.arrived, counts.ready, counts.rejected) == (1, 1, 0)


def test_a_video_whose_file_is_replaced_by_rubbish_has_failed(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    client.drop("Trips/clip.mp4", POISON)
    (video,) = client.videos.values()
    assert (video.status, video.error_code) == (UploadStatus.FAILED, "unsupported_media")
    assert client.rejected == {"Trips/clip.mp4": "unsupported_media"}
    client.drop("Trips/clip.mp4", b"repaired")
    (repaired,) = client.videos.values()
    assert (repaired.video_id, repaired.status) == (video.video_id, UploadStatus.UPLOADED)


def test_a_rejected_file_that_is_removed_is_no_longer_listed(client: DropClient) -> None:
    client.drop("Trips/clip.mp4", POISON)
    assert client.receive(client.remove("Trips/clip.mp4")) == []
    assert client.rejected == {}
    assert client.app.drops.counts(client.account_id).arrived == 0


def test_a_file_of_an_account_that_does_not_exist_is_rejected(client: DropClient) -> None:
    client.app.media.files["drop/nobody/Trips/clip.mp4"] = b"a video"
    assert client.receive(body_of("drop/nobody/Trips/clip.mp4", "01")) == []
    (entry,) = client.app.drops.page("nobody", DropList.REJECTED, 10).items
    assert entry.rejection is not None
    assert entry.rejection.code == "unknown_account"
    assert client.app.videos.list("nobody") == []


@pytest.mark.parametrize("key", ["uploads/mine/v/clip.mp4", "drop/", "drop/clip.mp4", "other/mine/Trips/clip.mp4"])
def test_a_key_outside_every_drop_folder_of_an_account_is_ignored(client: DropClient, key: str) -> None:
    client.app.media.files[key] = b"a video"
    assert client.receive(body_of(key, "01")) == []
    assert (client.videos, client.rejected) == ({}, {})


def test_an_event_of_another_bucket_is_ignored(client: DropClient) -> None:
    message = client.put("Trips/clip.mp4").replace('"media"', '"another-bucket"')
    assert client.receive(message) == []
    assert client.videos == {}


def test_files_of_two_accounts_are_in_libraries_of_their_own(client: DropClient) -> None:
    client.app.keys.add(account_key("theirs"))
    theirs = DropClient(client.app, "theirs")
    client.drop("Trips/clip.mp4")
    theirs.drop("Trips/clip.mp4")
    assert len(client.videos) == len(theirs.videos) == 1
    assert client.groups().keys().isdisjoint(theirs.groups().keys())


def test_fifty_files_at_once_make_one_group(client: DropClient) -> None:
    messages = [client.put(f"{'Trips' if n % 2 else 'TRIPS'}/clip-{n}.mp4", b"%d" % n) for n in range(50)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(client.receive, messages)) == [[]] * 50
    assert len(client.groups()) == 1
    assert {v.collection_id for v in client.videos.values()} == set(client.groups())
    assert len(client.videos) == client.app.drops.counts(client.account_id).ready == 50


def test_the_same_event_in_eight_processes_at_once_is_one_video(client: DropClient) -> None:
    message = client.put("Trips/clip.mp4")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(client.receive, [message] * 8)) == [[]] * 8
    assert len(client.videos) == client.app.drops.counts(client.account_id).ready == 1


def test_a_message_that_fails_is_delivered_again_without_the_others(
    client: DropClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = [client.put(f"Trips/{n}.mp4") for n in range(3)]
    find = client.app.drop_folder.find

    def fails(bucket: str, key: str) -> object:
        if key.endswith("1.mp4"):
            raise StoreUnavailable()
        return find(bucket, key)

    with monkeypatch.context() as patch:
        patch.setattr(client.app.drop_folder, "find", fails)
        assert client.receive(*messages) == ["1"]
    assert sorted(client.videos) == ["Trips/0.mp4", "Trips/2.mp4"]
    assert client.receive(messages[1], receives=2) == []
    assert len(client.videos) == 3


def test_a_file_that_fails_in_every_attempt_is_rejected_and_can_be_repeated(
    client: DropClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = client.put("Trips/clip.mp4")
    with monkeypatch.context() as patch:
        patch.setattr(client.app.videos, "add", lambda _: 1 / 0)
        assert client.receive(message, receives=4) == ["0"]
        assert client.rejected == {}
        assert client.receive(message, receives=5) == ["0"]
        assert client.rejected == {"Trips/clip.mp4": "internal_error"}
    assert client.receive(message) == []
    assert (list(client.videos), client.rejected) == (["Trips/clip.mp4"], {})


@pytest.mark.parametrize("step", ["add", "save"])
def test_a_process_that_ends_between_two_writes_leaves_what_the_next_one_completes(
    client: DropClient, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before the video is stored; and after that, before its record is."""
    message = client.put("Trips/clip.mp4")
    target = client.app.videos if step == "add" else client.app.drops
    write, calls = getattr(target, step), []

    def ends(*arguments: object) -> object:
        calls.append(arguments)
        if step == "add" or len(calls) == 2:
            raise KeyboardInterrupt
        return write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(target, step, ends)
        with pytest.raises(KeyboardInterrupt):
            client.receive(message)
    assert client.receive(message) == []
    assert len(client.videos) == client.app.drops.counts(client.account_id).ready == 1


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"Records": [{"s3": 1}]}', '{"schema": "x"}'])
def test_a_message_of_another_kind_is_delivered_again_until_it_is_a_dead_letter(client: DropClient, body: str) -> None:
    assert client.receive(body, receives=5) == ["0"]


def test_the_test_message_of_s3_is_ignored(client: DropClient) -> None:
    assert client.receive('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "media"}') == []


def test_the_analyses_of_the_policy_start_with_the_priority_bulk(client: DropClient) -> None:
    client.app.policies.save(policy(client, OF_ACCOUNT, (Feature.TRANSCRIPT,)))
    client.drop("Trips/clip.mp4")
    (run,) = client.app.runs.list_open()
    assert (run.features, run.priority.value) == ((Feature.TRANSCRIPT,), "bulk")


def test_the_policy_of_the_group_wins_over_that_of_the_account_and_of_the_deployment(
    client: DropClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROP_FEATURES", "transcript")
    client.drop("Trips/1.mp4")
    client.app.policies.save(policy(client, OF_ACCOUNT, (Feature.OBJECTS,)))
    client.drop("Trips/2.mp4")
    (group_id,) = client.groups()
    client.app.policies.save(policy(client, group_id, ()))
    client.drop("Trips/3.mp4")
    ids = {v.video_id: path for path, v in client.videos.items()}
    started = {ids[run.video_id]: set(run.features) for run in client.app.runs.list_open()}
    assert started == {"Trips/1.mp4": {Feature.TRANSCRIPT}, "Trips/2.mp4": {Feature.TRANSCRIPT, Feature.OBJECTS}}


def test_over_the_daily_budget_a_dropped_file_is_accepted_and_waits(
    client: DropClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROP_FEATURES", "transcript")
    charge = ChargeVideo(MemoryVideoBudget(), client.app.clock, minutes_max=1)
    monkeypatch.setattr("cinedex.bootstrap.analysis.charge_video", lambda: charge)
    client.drop("Trips/1.mp4")
    client.drop("Trips/2.mp4")
    states = {path: client.app.follow(v)[Feature.TRANSCRIPT] for path, v in client.videos.items()}
    waiting = states["Trips/2.mp4"]
    assert (states["Trips/1.mp4"].waiting_reason, waiting.status) == (None, FeatureStatus.PENDING)
    assert waiting.waiting_reason is not None
    assert "after midnight UTC" in waiting.waiting_reason
    assert waiting.resumes_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert client.videos["Trips/2.mp4"].status is UploadStatus.UPLOADED


def policy(client: DropClient, collection_id: str, features: tuple[Feature, ...]) -> object:
    from cinedex.library.domain.collection_policy import CollectionPolicy

    return CollectionPolicy(
        account_id=client.account_id,
        collection_id=collection_id,
        features=features,
        updated_at=client.app.clock.now(),
    )


def test_the_recorded_event_of_s3_and_the_notice_of_a_backfill_are_understood(client: DropClient) -> None:
    event = received("sqs_drop_created")
    paths = ["My trips/Ü 1+1.mp4", "My trips/2.mp4"]
    messages = [record["body"].replace(RECORDED_ACCOUNT, client.account_id) for record in event["Records"]]
    for path in paths:
        client.put(path)
    assert client.receive(*messages) == []
    assert sorted(client.videos) == sorted(paths)
