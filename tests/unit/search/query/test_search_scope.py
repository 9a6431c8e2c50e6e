"""Which videos a search covers: by their measured properties, their results and their metadata."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import MetadataFilter, MetadataRange
from cinedex.search.domain.query.search_scope import SearchFilter, SearchScope

from tests.support.ready_videos import library_of, video

DESCRIBED = {"camera": "north", "floor": 3, "indoors": True, "height_m": 2.5}
LIBRARY = library_of(
    video("described", language="en", user_metadata=DESCRIBED),
    video("silent", ready=(Feature.EMBEDDINGS, Feature.TRANSCRIPT)),
    video("german", language="de", languages=("de", "fr"), user_metadata={"camera": "south", "floor": 1}),
)


def admitted(**scope: Any) -> set[str]:
    requested = SearchScope("mine", SearchFilter.model_validate(scope), (Feature.EMBEDDINGS,))
    return {video.video_id for video in LIBRARY.all() if requested.part_of(video) is not None}


def having(**keys: Any) -> set[str]:
    return admitted(metadata=MetadataFilter(keys=keys))


def test_a_video_is_in_by_the_language_that_is_spoken_in_it() -> None:
    assert admitted(languages=("en",)) == {"described"}
    assert admitted(languages=("en", "de")) == {"described", "german"}
    assert admitted(languages=("fr",)) == {"german"}
    assert admitted(languages=()) == set()


def test_a_video_is_in_when_all_the_features_are_ready() -> None:
    assert admitted(features=(Feature.TRANSCRIPT,)) == {"described", "silent", "german"}
    assert admitted(features=(Feature.TRANSCRIPT, Feature.OBJECTS)) == {"described", "german"}
    assert admitted(features=(Feature.CHAPTERS,)) == set()


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ({"camera": "north"}, {"described"}),
        ({"camera": "NORTH"}, set()),
        ({"floor": 3}, {"described"}),
        ({"floor": 3.0}, {"described"}),
        ({"floor": "3"}, set()),
        ({"indoors": True}, {"described"}),
        ({"indoors": 1}, set()),
        ({"floor": True}, set()),
        ({"camera": "north", "floor": 1}, set()),
        ({"absent": "value"}, set()),
    ],
)
def test_an_exact_value_must_be_the_same_in_kind_too(required: dict[str, Any], expected: set[str]) -> None:
    assert having(**required) == expected


def test_a_range_includes_its_ends_and_holds_for_numbers_only() -> None:
    assert having(floor=MetadataRange(gte=1, lte=3)) == {"described", "german"}
    assert having(floor=MetadataRange(gte=1.5)) == {"described"}
    assert having(height_m=MetadataRange(lte=2.5)) == {"described"}
    assert having(floor=MetadataRange()) == {"described", "german"}
    assert having(camera=MetadataRange()) == set()
    assert having(indoors=MetadataRange(gte=0)) == set()


@pytest.mark.parametrize("recorded_at", [datetime(2026, 5, 1, 12), datetime(2026, 5, 1, 12, tzinfo=UTC)])
def test_a_recording_time_without_a_zone_is_one_of_utc(recorded_at: datetime) -> None:
    """Cameras often store no zone; the tests do not run in UTC."""
    recorded = video("recorded", recorded_at=recorded_at, duration_s=100.0)
    hour = SearchFilter(
        datetime_from=datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC), datetime_to=datetime(2026, 5, 1, 13, tzinfo=UTC)
    )
    assert SearchScope("mine", hour, (Feature.EMBEDDINGS,)).part_of(recorded) == span(30, 100)


def second(number: float) -> datetime:
    return datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(seconds=number)


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        (None, 30, span(0, 30)),
        (30, None, span(30, 100)),
        (-50, 500, span(0, 100)),
        (100, None, span(100, 100)),
        (None, 0, span(0, 0)),
        (100.5, None, None),
        (None, -0.5, None),
        (30, 30, span(30, 30)),
    ],
)
def test_a_window_is_the_part_that_was_recorded_between_the_times(
    start: float | None, end: float | None, window: Span | None
) -> None:
    recorded, undated = video("recorded", recorded_at=second(0), duration_s=100.0), video("undated")
    times = {name: second(at) for name, at in (("datetime_from", start), ("datetime_to", end)) if at is not None}
    scope = SearchScope("mine", SearchFilter.model_validate(times), (Feature.EMBEDDINGS,))
    assert scope.part_of(recorded) == window
    assert scope.part_of(undated) is None


def test_times_that_run_backwards_are_refused_and_the_same_time_is_an_instant() -> None:
    with pytest.raises(InvalidInput) as refusal:
        admitted(datetime_from=second(1), datetime_to=second(0))
    assert refusal.value.field == "datetime_to"
    assert admitted(datetime_from=second(1), datetime_to=second(1)) == set()


@pytest.mark.parametrize("name", ["width", "height", "duration_s"])
def test_a_property_may_lie_at_the_ends_of_its_range(name: str) -> None:
    value = {"width": 640, "height": 360, "duration_s": 60.0}[name]
    everything = {"described", "silent", "german"}
    assert admitted(**{name: {"gte": value, "lte": value}}) == everything
    assert admitted(**{name: {"gte": value + 1}}) == admitted(**{name: {"lte": value - 1}}) == set()


def test_a_video_may_be_named_twice_and_is_in_once() -> None:
    assert admitted(video_ids=("described", "described", "unknown")) == {"described"}
