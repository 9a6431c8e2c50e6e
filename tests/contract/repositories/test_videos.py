"""`VideoRepository` and `UnfinishedVideos`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from cinedex.adapters.dynamodb.items import Key
from cinedex.adapters.dynamodb.videos import StoredVideos
from cinedex.kernel.errors import CollectionNotFound, NotFound, StaleRevision, StateConflict
from cinedex.kernel.ids import new_id
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.list_query import VideoQuery
from cinedex.library.domain.segmenting import SegmentingOptions
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video

from tests.contract.repositories.conftest import Library
from tests.contract.repositories.test_collections_and_keys import collection
from tests.support.memory.app_fixture import MINE, YOURS
from tests.support.memory.scenario import NOON, TALKING_CLIP


def video(account_id: str = MINE, **fields: Any) -> Video:
    video_id = new_id()
    media = StoredMedia(bucket="media", key=f"uploads/{account_id}/{video_id}/clip.mp4")
    given = {"video_id": video_id, "account_id": account_id, "media": media, "created_at": NOON}
    return Video.model_validate(given | fields)


def test_a_video_comes_back_as_it_was_stored(library: Library) -> None:
    full = video(
        name="Übung – 1.mp4",
        title="T",
        description="日本語 🎬",
        source="https://media.test/x",
        collection_id=library.collections.add(collection()).collection_id,
        recorded_at=NOON - timedelta(days=3),
        probe=TALKING_CLIP,
        status=UploadStatus.UPLOADED,
        features={Feature.CAPTIONS: FeatureState(status=FeatureStatus.READY, generation=2, models=("m@1",))},
        segmenting=SegmentingOptions(use_scene_detection=True),
        language="en",
        plan_key="results/plan.json",
        chunk_count=3,
    )
    stored = library.videos.add(full)
    assert stored == full.changed(revision=1)
    assert library.videos.get(MINE, full.video_id) == stored


def test_a_video_that_waits_for_its_download_comes_back_with_the_whole_url(library: Library) -> None:
    stored = library.videos.add(video(source="https://user:password@media.test/x?y=z"))
    read = library.videos.get(MINE, stored.video_id)
    assert (read.source, read.fetch_url) == ("https://media.test/x", "https://user:password@media.test/x?y=z")


def test_an_id_can_be_taken_once(library: Library) -> None:
    first = library.videos.add(video())
    with pytest.raises(StateConflict):
        library.videos.add(first)


def test_a_video_of_another_account_is_not_found(library: Library) -> None:
    stored = library.videos.add(video())
    with pytest.raises(NotFound):
        library.videos.get(YOURS, stored.video_id)


def test_saving_counts_revisions(library: Library) -> None:
    stored = library.videos.add(video())
    saved = library.videos.save(stored.changed(title="T"))
    assert (saved.revision, saved.title) == (2, "T")
    assert library.videos.get(MINE, stored.video_id) == saved


def test_of_two_that_read_the_same_revision_the_second_to_save_is_refused(library: Library) -> None:
    stored = library.videos.add(video())
    first = library.videos.save(stored.changed(title="first"))
    with pytest.raises(StaleRevision):
        library.videos.save(stored.changed(title="second"))
    assert library.videos.get(MINE, stored.video_id) == first


def test_of_many_that_save_at_once_one_succeeds(library: Library) -> None:
    stored, outcomes = library.videos.add(video()), list[str]()

    def save(title: str) -> None:
        try:
            outcomes.append(library.videos.save(stored.changed(title=title)).title or "")
        except StaleRevision:
            outcomes.append("refused")

    threads = [Thread(target=save, args=(f"{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 3
    assert library.videos.get(MINE, stored.video_id).title in outcomes


def test_a_late_write_does_not_restore_a_deleted_video(library: Library) -> None:
    stored = library.videos.add(video())
    library.videos.delete(MINE, stored.video_id)
    with pytest.raises(NotFound):
        library.videos.save(stored.changed(title="late"))
    assert library.videos.list(MINE) == []


def test_deleting_what_is_gone_leaves_the_others(library: Library) -> None:
    stored = library.videos.add(video())
    library.videos.delete(MINE, new_id())
    assert library.videos.list(MINE) == [stored]


def test_videos_are_listed_newest_first_and_only_to_their_account(library: Library) -> None:
    mine = [library.videos.add(video()) for _ in range(3)]
    library.videos.add(video(YOURS))
    assert library.videos.list(MINE) == mine[::-1]


def test_named_videos_are_returned_in_the_requested_order_without_missing_ones(library: Library) -> None:
    first, second, third = (library.videos.add(video()) for _ in range(3))
    foreign = library.videos.add(video(YOURS))
    requested = [third.video_id, new_id(), first.video_id, foreign.video_id, third.video_id]
    assert library.videos.get_many(MINE, requested) == [third, first]
    assert second not in library.videos.get_many(MINE, requested)


def test_more_videos_can_be_named_than_fit_into_one_batch(library: Library) -> None:
    stored = [library.videos.add(video()) for _ in range(103)]
    assert library.videos.get_many(MINE, [v.video_id for v in stored]) == stored


def test_no_videos_named_are_none(library: Library) -> None:
    assert list(library.videos.get_many(MINE, [])) == []


def test_unfinished_uploads_of_all_accounts_are_listed_oldest_first(library: Library) -> None:
    younger = library.videos.add(video(created_at=NOON))
    older = library.videos.add(video(YOURS, created_at=NOON - timedelta(hours=1)))
    assert library.videos.list_uploading() == [older, younger]


@pytest.mark.parametrize("status", [UploadStatus.UPLOADED, UploadStatus.FAILED])
def test_an_upload_that_is_settled_is_unfinished_no_longer(library: Library, status: UploadStatus) -> None:
    stored = library.videos.add(video())
    library.videos.save(stored.changed(status=status))
    assert library.videos.list_uploading() == []


@pytest.mark.parametrize("status", [FeatureStatus.PENDING, FeatureStatus.PROCESSING])
def test_a_video_with_a_feature_in_flight_is_listed_until_the_feature_ends(
    library: Library, status: FeatureStatus
) -> None:
    uploaded = video(status=UploadStatus.UPLOADED, features={Feature.OBJECTS: FeatureState(status=status)})
    stored = library.videos.add(uploaded)
    assert library.videos.list_in_flight() == [stored]
    assert library.videos.list_uploading() == []
    library.videos.save(stored.with_feature(Feature.OBJECTS, FeatureState(status=FeatureStatus.FAILED)))
    assert library.videos.list_in_flight() == []


@pytest.mark.parametrize("write", [StoredVideos.add, StoredVideos.save])
def test_a_video_does_not_join_a_collection_that_is_deleted_just_before_the_write(
    library: Library, monkeypatch: pytest.MonkeyPatch, write: Callable[[StoredVideos, Video], Video]
) -> None:
    group = library.collections.add(collection())
    outside = video() if write is StoredVideos.add else library.videos.add(video())
    condition = library.videos.collections.existing

    def deleted_meanwhile(key: Key) -> Any:
        library.collections.delete(MINE, group.collection_id)
        return condition(key)

    monkeypatch.setattr(library.videos.collections, "existing", deleted_meanwhile)
    with pytest.raises(CollectionNotFound):
        write(library.videos, outside.changed(collection_id=group.collection_id))
    assert list(library.videos.page(MINE, VideoQuery(collection_id=group.collection_id), 9).items) == []
    assert [v.collection_id for v in library.videos.get_many(MINE, [outside.video_id])] in ([], [None])


@pytest.mark.parametrize("write", [StoredVideos.add, StoredVideos.save])
def test_a_collection_is_not_read_for_a_video_that_joins_it(
    library: Library, monkeypatch: pytest.MonkeyPatch, write: Callable[[StoredVideos, Video], Video]
) -> None:
    """Its metadata may have 64 KB."""
    group = library.collections.add(collection())
    outside = video() if write is StoredVideos.add else library.videos.add(video())
    monkeypatch.setattr(library.videos.collections, "get", lambda _: pytest.fail("The collection was read."))
    assert write(library.videos, outside.changed(collection_id=group.collection_id)).revision > 0


def test_a_video_of_a_collection_that_is_gone_is_changed_and_leaves_it(library: Library) -> None:
    group = library.collections.add(collection())
    inside = library.videos.add(video(collection_id=group.collection_id))
    library.collections.delete(MINE, group.collection_id)
    renamed = library.videos.save(inside.changed(title="T"))
    assert library.videos.save(renamed.changed(collection_id=None)).collection_id is None
