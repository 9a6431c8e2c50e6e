"""Collections: unique names, videos that survive them, all or nothing when moving."""

from __future__ import annotations

import pytest
from cinedex.domain.errors import InvalidInput, NotFound, StateConflict
from cinedex.domain.ids import new_id

from tests.support.memory.house import MINE, YOURS, House


def test_a_collection_keeps_its_trimmed_name_and_its_metadata(house: House) -> None:
    made = house.groups.create(MINE, " Holidays ", {"year": 2026})
    assert (made.name, made.metadata) == ("Holidays", {"year": 2026})
    assert house.groups.get(MINE, made.collection_id) == made


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_has_a_sensible_length(house: House, name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        house.groups.create(MINE, name, {})


def test_a_name_is_unique_within_an_account_only(house: House) -> None:
    house.groups.create(MINE, "Holidays", {})
    house.groups.create(YOURS, "Holidays", {})
    with pytest.raises(StateConflict, match="exists already"):
        house.groups.create(MINE, "Holidays ", {})


def test_an_update_replaces_metadata_as_a_whole_and_leaves_what_is_not_named(house: House) -> None:
    made = house.groups.create(MINE, "Holidays", {"year": 2026, "place": "sea"})
    house.clock.pass_by(minutes=1)
    changed = house.groups.update(MINE, made.collection_id, None, {"year": 2027})
    assert (changed.name, changed.metadata) == ("Holidays", {"year": 2027})
    assert changed.updated_at > changed.created_at


def test_a_collection_may_be_given_the_name_that_it_has(house: House) -> None:
    made = house.groups.create(MINE, "Holidays", {})
    assert house.groups.update(MINE, made.collection_id, " Holidays", None).name == "Holidays"


def test_a_collection_cannot_take_the_name_of_another(house: House) -> None:
    house.groups.create(MINE, "Holidays", {})
    other = house.groups.create(MINE, "Work", {})
    with pytest.raises(StateConflict):
        house.groups.update(MINE, other.collection_id, "Holidays", None)


def test_the_videos_of_a_deleted_collection_belong_to_none(house: House) -> None:
    group, video = house.groups.create(MINE, "Holidays", {}), house.uploaded()
    house.groups.move(MINE, group.collection_id, [video.video_id])
    house.groups.delete(MINE, group.collection_id)
    assert house.now(video).collection_id is None
    with pytest.raises(NotFound):
        house.groups.get(MINE, group.collection_id)


def test_moving_moves_each_video_once(house: House) -> None:
    group, video = house.groups.create(MINE, "Holidays", {}), house.uploaded()
    assert house.groups.move(MINE, group.collection_id, [video.video_id] * 2) == [video.video_id]
    assert [v.video_id for v in house.groups.videos_of(MINE, group.collection_id)] == [video.video_id]


def test_moving_an_unknown_video_moves_none(house: House) -> None:
    group, video = house.groups.create(MINE, "Holidays", {}), house.uploaded()
    with pytest.raises(NotFound, match="No such video"):
        house.groups.move(MINE, group.collection_id, [video.video_id, new_id()])
    assert house.now(video).collection_id is None


def test_another_account_s_collection_is_not_found(house: House) -> None:
    foreign = house.groups.create(YOURS, "Secrets", {})
    for attempt in (
        lambda: house.groups.get(MINE, foreign.collection_id),
        lambda: house.groups.update(MINE, foreign.collection_id, "Mine now", None),
        lambda: house.groups.delete(MINE, foreign.collection_id),
        lambda: house.groups.videos_of(MINE, foreign.collection_id),
        lambda: house.groups.move(MINE, foreign.collection_id, []),
        lambda: house.describe(MINE, house.uploaded().video_id, {"collection_id": foreign.collection_id}),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert house.groups.get(YOURS, foreign.collection_id) == foreign
