"""Lists of videos and collections: pages, order, filters, counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cinedex.adapters.dynamodb.lists import video_pages
from cinedex.kernel.errors import CollectionNameTaken
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.list_query import NO_COLLECTION, CollectionQuery, DateRange, Sort, VideoQuery
from cinedex.library.domain.user_metadata import MetadataFilter
from cinedex.library.domain.video import UploadStatus, Video

from tests.contract.repositories.conftest import Library
from tests.contract.repositories.test_collections_and_keys import collection, key
from tests.contract.repositories.test_videos import video
from tests.support.memory.app_fixture import MINE, YOURS
from tests.support.memory.scenario import NOON

UPLOADED = {"status": UploadStatus.UPLOADED}
READY = {Feature.CAPTIONS: FeatureState(status=FeatureStatus.READY)}


def names(library: Library, limit: int = 100, **query: Any) -> list[str | None]:
    """Of all pages of this size."""
    found: list[str | None] = []
    cursor: str | None = None
    while True:
        page = library.videos.page(MINE, VideoQuery(**query), limit, cursor)
        assert len(page.items) <= limit
        found += [v.name for v in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.fixture
def five(library: Library) -> list[Video]:
    """From the oldest to the newest: "Beta", "alpha", "Änne", "beta 2", "gamma"."""
    fields: list[dict[str, Any]] = [
        {"name": "Beta", "collection_id": "one", "user_metadata": {"floor": 3}},
        {"name": "alpha", **UPLOADED, "features": READY},
        {"name": "Änne", "collection_id": "one", **UPLOADED},
        {"name": "beta 2", "collection_id": "two", "recorded_at": NOON},
        {"name": "gamma", "collection_id": "one"},
    ]
    for account_id, collection_id in ((MINE, "one"), (MINE, "two"), (YOURS, "one")):
        library.collections.add(collection(account_id).model_copy(update={"collection_id": collection_id}))
    library.videos.add(video(YOURS, name="theirs", collection_id="one"))
    return [library.videos.add(video(**one)) for one in fields]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_of_every_size_together_are_the_list(library: Library, five: list[Video], limit: int) -> None:
    assert names(library, limit) == ["gamma", "beta 2", "Änne", "alpha", "Beta"]
    assert names(library, limit, collection_id="one") == ["gamma", "Änne", "Beta"]
    assert names(library, limit, sort=Sort.BY_NAME) == ["alpha", "Beta", "beta 2", "gamma", "Änne"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort": Sort.OLDEST_FIRST}, ["Beta", "alpha", "Änne", "beta 2", "gamma"]),
        ({"sort": Sort.BY_NAME_REVERSED}, ["Änne", "gamma", "beta 2", "Beta", "alpha"]),
        ({"name": "BETA"}, ["Beta", "beta 2"]),
        ({"name": "beta", "sort": Sort.NEWEST_FIRST}, ["beta 2", "Beta"]),
        ({"name": "beta", "collection_id": "two"}, ["beta 2"]),
        ({"status": UploadStatus.UPLOADED}, ["Änne", "alpha"]),
        ({"status": UploadStatus.UPLOADED, "collection_id": "one"}, ["Änne"]),
        ({"collection_id": NO_COLLECTION}, ["alpha"]),
        ({"collection_id": "three"}, []),
        ({"feature": Feature.CAPTIONS}, ["alpha"]),
        ({"feature": Feature.CAPTIONS, "feature_status": FeatureStatus.NONE}, ["gamma", "beta 2", "Änne", "Beta"]),
        ({"feature_status": FeatureStatus.READY}, ["alpha"]),
        ({"metadata": MetadataFilter(keys={"floor": 3})}, ["Beta"]),
        ({"recorded": DateRange(since=NOON, until=NOON)}, ["beta 2"]),
        ({"recorded": DateRange(since=NOON + timedelta(seconds=1))}, []),
    ],
)
def test_filters_and_orders(library: Library, five: list[Video], query: dict[str, Any], expected: list[str]) -> None:
    assert names(library, **query) == expected


def test_a_range_of_creation_times_reads_that_range(library: Library) -> None:
    early, late = NOON, NOON + timedelta(days=1)
    for name, at in (("early", early), ("late", late)):
        milliseconds = f"{int(at.timestamp() * 1000):012x}"
        video_id = f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-000000000000"
        library.videos.add(video(name=name, video_id=video_id, created_at=at))
    assert names(library, created=DateRange(since=late)) == ["late"]
    assert names(library, created=DateRange(until=early)) == ["early"]
    assert names(library, created=DateRange(since=early, until=late)) == ["late", "early"]


def test_counts_follow_every_change(library: Library, five: list[Video]) -> None:
    def counts() -> list[int | None]:
        queries = (VideoQuery(), VideoQuery(**UPLOADED), VideoQuery(collection_id="one"), VideoQuery(name="b"))
        return [library.videos.count(MINE, query) for query in queries]

    assert counts() == [5, 2, 3, None]
    first = library.videos.save(five[0].changed(collection_id="two", status=UploadStatus.UPLOADED))
    assert counts() == [5, 3, 2, None]
    library.videos.save(first.changed(title="counts do not change"))
    for _ in range(2):
        library.videos.delete(MINE, first.video_id)
    assert counts() == [4, 2, 2, None]
    assert library.videos.count(YOURS, VideoQuery()) == 1


def test_a_renamed_video_is_listed_by_its_new_name(library: Library, five: list[Video]) -> None:
    library.videos.save(five[4].changed(name="aaa"))
    assert names(library, sort=Sort.BY_NAME)[:2] == ["aaa", "alpha"]
    assert names(library, name="gamma") == []


def test_a_page_ends_before_a_video_that_does_not_fit(library: Library, five: list[Video]) -> None:
    fits = iter([True, True, False])
    page = library.videos.page(MINE, VideoQuery(), 5, None, lambda _: next(fits))
    assert [v.name for v in page.items] == ["gamma", "beta 2"]
    rest = library.videos.page(MINE, VideoQuery(), 5, page.next_cursor)
    assert ([v.name for v in rest.items], rest.next_cursor) == (["Änne", "alpha", "Beta"], None)


def test_a_filter_without_an_index_reads_a_limited_number_of_videos(
    library: Library, five: list[Video], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_pages, "READ_MAX", 2)
    page = library.videos.page(MINE, VideoQuery(metadata=MetadataFilter(keys={"floor": 3})), 5)
    assert (page.items, page.next_cursor) == ([], five[3].video_id)
    assert names(library, metadata=MetadataFilter(keys={"floor": 3})) == ["Beta"]


def test_a_collection_keeps_its_name_to_itself_in_every_case(library: Library) -> None:
    first = library.collections.add(collection(name="Straße"))
    with pytest.raises(CollectionNameTaken):
        library.collections.add(collection(name="STRASSE"))
    library.collections.add(collection(YOURS, name="Straße"))
    first = library.collections.save(first.model_copy(update={"name": "STRASSE"}))
    library.collections.save(first.model_copy(update={"name": "Weg"}))
    second = library.collections.add(collection(name="strasse"))
    with pytest.raises(CollectionNameTaken):
        library.collections.save(second.model_copy(update={"name": "weg"}))
    library.collections.delete(MINE, first.collection_id)
    library.collections.save(second.model_copy(update={"name": "weg"}))
    assert library.collections.count(MINE) == 1


def test_collections_are_listed_by_time_and_by_name(library: Library) -> None:
    for name in ("b", "A", "c", "ab"):
        library.collections.add(collection(name=name))

    def listed(**query: Any) -> list[str]:
        return [c.name for c in library.collections.page(MINE, CollectionQuery(**query), 100).items]

    assert listed() == ["ab", "c", "A", "b"]
    assert listed(sort=Sort.OLDEST_FIRST) == ["b", "A", "c", "ab"]
    assert listed(sort=Sort.BY_NAME) == ["A", "ab", "b", "c"]
    assert listed(name="a") == ["A", "ab"]
    assert listed(name="a", sort=Sort.BY_NAME_REVERSED) == ["ab", "A"]
    first = library.collections.page(MINE, CollectionQuery(), 3)
    assert [c.name for c in library.collections.page(MINE, CollectionQuery(), 3, first.next_cursor).items] == ["b"]


def test_keys_are_listed_in_pages(library: Library) -> None:
    stored = [library.keys.add(key()) for _ in range(3)]
    first = library.keys.page(MINE, 2)
    assert list(first.items) == [stored[2], stored[1]]
    assert list(library.keys.page(MINE, 2, first.next_cursor).items) == [stored[0]]
