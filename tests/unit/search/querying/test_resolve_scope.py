"""Which videos a search looks into: by what was measured, found, and said of them."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import Wanted, WantedRange
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.usecases.querying.resolve_scope import ResolveScope

from tests.support.ready_videos import library_of, video

TOLD = {"camera": "north", "floor": 3, "indoors": True, "height_m": 2.5}
LIBRARY = library_of(
    video("told", language="en", user_metadata=TOLD),
    video("silent", ready=(Feature.EMBEDDINGS, Feature.TRANSCRIPT)),
    video("german", language="de", user_metadata={"camera": "south", "floor": 1}),
)


def pool(**scope: Any) -> set[str]:
    return set(ResolveScope(LIBRARY)("mine", SearchFilter.model_validate(scope), (Feature.EMBEDDINGS,)).videos)


def having(**keys: Any) -> set[str]:
    return pool(metadata=Wanted(keys=keys))


def test_a_video_is_in_by_the_language_that_is_spoken_in_it() -> None:
    assert pool(languages=("en",)) == {"told"}
    assert pool(languages=("en", "de")) == {"told", "german"}
    assert pool(languages=()) == set()


def test_a_video_is_in_when_all_the_features_are_ready() -> None:
    assert pool(features=(Feature.TRANSCRIPT,)) == {"told", "silent", "german"}
    assert pool(features=(Feature.TRANSCRIPT, Feature.OBJECTS)) == {"told", "german"}
    assert pool(features=(Feature.CHAPTERS,)) == set()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"camera": "north"}, {"told"}),
        ({"camera": "NORTH"}, set()),
        ({"floor": 3}, {"told"}),
        ({"floor": 3.0}, {"told"}),
        ({"floor": "3"}, set()),
        ({"indoors": True}, {"told"}),
        ({"indoors": 1}, set()),
        ({"floor": True}, set()),
        ({"camera": "north", "floor": 1}, set()),
        ({"nobody": "said so"}, set()),
    ],
)
def test_an_exact_value_must_be_the_same_in_kind_too(wanted: dict[str, Any], expected: set[str]) -> None:
    assert having(**wanted) == expected


def test_a_range_includes_its_ends_and_holds_for_numbers_only() -> None:
    assert having(floor=WantedRange(gte=1, lte=3)) == {"told", "german"}
    assert having(floor=WantedRange(gte=1.5)) == {"told"}
    assert having(height_m=WantedRange(lte=2.5)) == {"told"}
    assert having(floor=WantedRange()) == {"told", "german"}
    assert having(camera=WantedRange()) == set()
    assert having(indoors=WantedRange(gte=0)) == set()
