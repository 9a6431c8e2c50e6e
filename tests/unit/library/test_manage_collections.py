"""Collections: unique names, videos that survive them, all or nothing when moving."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import InvalidInput, NotFound, StateConflict
from cinedex.kernel.ids import new_id
from cinedex.library.domain.list_query import CollectionQuery, VideoQuery

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp


def test_a_collection_keeps_its_trimmed_name_and_its_metadata(memory_app: InMemoryApp) -> None:
    made = memory_app.groups.create(MINE, " Holidays ", {"year": 2026})
    assert (made.name, made.metadata) == ("Holidays", {"year": 2026})
    assert memory_app.groups.get(MINE, made.collection_id) == made


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_has_a_sensible_length(memory_app: InMemoryApp, name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        memory_app.groups.create(MINE, name, {})


def test_a_name_is_unique_within_an_account_only(memory_app: InMemoryApp) -> None:
    memory_app.groups.create(MINE, "Holidays", {})
    memory_app.groups.create(YOURS, "Holidays", {})
    with pytest.raises(StateConflict, match="already exists"):
        memory_app.groups.create(MINE, "Holidays ", {})


def test_an_update_replaces_metadata_as_a_whole_and_leaves_what_is_not_named(memory_app: InMemoryApp) -> None:
    made = memory_app.groups.create(MINE, "Holidays", {"year": 2026, "place": "sea"})
    memory_app.clock.advance(minutes=1)
    changed = memory_app.groups.update(MINE, made.collection_id, None, {"year": 2027})
    assert (changed.name, changed.metadata) == ("Holidays", {"year": 2027})
    assert changed.updated_at > changed.created_at


def test_a_collection_may_be_given_the_name_that_it_has(memory_app: InMemoryApp) -> None:
    made = memory_app.groups.create(MINE, "Holidays", {})
    assert memory_app.groups.update(MINE, made.collection_id, " Holidays", None).name == "Holidays"


def test_a_collection_cannot_take_the_name_of_another(memory_app: InMemoryApp) -> None:
    memory_app.groups.create(MINE, "Holidays", {})
    other = memory_app.groups.create(MINE, "Work", {})
    with pytest.raises(StateConflict):
        memory_app.groups.update(MINE, other.collection_id, "Holidays", None)


def test_the_videos_of_a_deleted_collection_belong_to_none(memory_app: InMemoryApp) -> None:
    group, video = memory_app.groups.create(MINE, "Holidays", {}), memory_app.uploaded()
    memory_app.groups.move(MINE, group.collection_id, [video.video_id])
    memory_app.move_group.delete(MINE, group.collection_id)
    assert memory_app.now(video).collection_id is None
    with pytest.raises(NotFound):
        memory_app.groups.get(MINE, group.collection_id)


def test_moving_moves_each_video_once(memory_app: InMemoryApp) -> None:
    group, video = memory_app.groups.create(MINE, "Holidays", {}), memory_app.uploaded()
    assert memory_app.groups.move(MINE, group.collection_id, [video.video_id] * 2) == [video.video_id]
    listed = memory_app.videos.page(MINE, VideoQuery(collection_id=group.collection_id), 9).items
    assert [v.video_id for v in listed] == [video.video_id]


def test_moving_an_unknown_video_moves_none(memory_app: InMemoryApp) -> None:
    group, video = memory_app.groups.create(MINE, "Holidays", {}), memory_app.uploaded()
    with pytest.raises(NotFound, match="No such video"):
        memory_app.groups.move(MINE, group.collection_id, [video.video_id, new_id()])
    assert memory_app.now(video).collection_id is None


def test_another_account_s_collection_is_not_found(memory_app: InMemoryApp) -> None:
    foreign = memory_app.groups.create(YOURS, "Secrets", {})
    for attempt in (
        lambda: memory_app.groups.get(MINE, foreign.collection_id),
        lambda: memory_app.groups.update(MINE, foreign.collection_id, "Mine now", None),
        lambda: memory_app.move_group.delete(MINE, foreign.collection_id),
        lambda: memory_app.groups.move(MINE, foreign.collection_id, []),
        lambda: memory_app.describe(MINE, memory_app.uploaded().video_id, {"collection_id": foreign.collection_id}),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert memory_app.groups.get(YOURS, foreign.collection_id) == foreign


@pytest.mark.parametrize("name", ["x", "x" * 200])
def test_a_name_has_1_to_200_characters(memory_app: InMemoryApp, name: str) -> None:
    assert memory_app.groups.create(MINE, f" {name} ", {}).name == name


def test_metadata_of_a_collection_has_at_most_64_000_bytes_of_json(memory_app: InMemoryApp) -> None:
    rest = 64_000 - len('{"k": ""}')
    made = memory_app.groups.create(MINE, "Holidays", {"k": "x" * rest})
    for attempt in (
        lambda: memory_app.groups.create(MINE, "Work", {"k": "x" * (rest + 1)}),
        lambda: memory_app.groups.update(MINE, made.collection_id, None, {"k": "x" * (rest + 1)}),
    ):
        with pytest.raises(InvalidInput, match="64000 bytes"):
            attempt()
    assert [c.name for c in memory_app.groups.page(MINE, CollectionQuery()).items] == ["Holidays"]


def test_a_collection_has_its_own_videos_only(memory_app: InMemoryApp) -> None:
    ours, other = (memory_app.groups.create(MINE, name, {}) for name in ("Ours", "Other"))
    videos = [memory_app.uploaded() for _ in range(3)]
    memory_app.groups.move(MINE, ours.collection_id, [videos[0].video_id])
    memory_app.groups.move(MINE, other.collection_id, [videos[1].video_id])
    asked = "".join(list(ours.collection_id))  # an equal text, as a request brings it
    listed = memory_app.videos.page(MINE, VideoQuery(collection_id=asked), 9).items
    assert [v.video_id for v in listed] == [videos[0].video_id]
    memory_app.move_group.delete(MINE, asked)
    assert [memory_app.now(v).collection_id for v in videos] == [None, other.collection_id, None]


def test_an_update_without_a_name_keeps_it_and_a_new_name_is_trimmed(memory_app: InMemoryApp) -> None:
    made = memory_app.groups.create(MINE, "Holidays", {"year": 2026})
    assert memory_app.groups.update(MINE, made.collection_id, " Sea ", None).name == "Sea"
    assert memory_app.groups.get(MINE, made.collection_id).metadata == {"year": 2026}
    with pytest.raises(InvalidInput):
        memory_app.groups.update(MINE, made.collection_id, " ", None)
