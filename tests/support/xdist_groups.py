"""Which tests run in the same process when `make test` runs several processes at once.

A test session shares what is slow to start: a running stack, an OpenSearch, loaded engines. Tests that share one of
these stay together, so that it is started once; all others stay together by their file. With any groups, each
test gets the fixtures it needs: a file that is missing here costs time, and `misplaced` reports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pytest

# What is shared, and where the tests of it lie, in the order in which they run. Each process runs the next group that
# has not begun: the longest come first, so that the short files at the end fill the gaps.
TOGETHER: dict[str, tuple[str, ...]] = {
    "stack": (
        "tests/integration/search/test_search_quality.py",  # first, for it has all videos analysed in one go
        "tests/docs/test_snippets.py",
        "tests/integration/language_models/test_extractive_answers.py",
        "tests/integration/local_stack/test_product.py",
        "tests/integration/analysis/test_bad_media.py",
        "tests/integration/analysis/test_real_videos.py",
        "tests/integration/reka/",
        "tests/integration/samples/",
        "tests/integration/search/test_opensearch_stack.py",
    ),
    "an analysis that is interrupted": ("tests/integration/analysis/test_interrupted.py",),
    "fetching_stack": ("tests/conformance/",),
    "engines": ("tests/integration/engines/",),
    "scripted_stack": ("tests/integration/chat/",),
    "opensearch_client": ("tests/contract/segment_index/",),
    "a language model": ("tests/integration/language_models/test_stack_with_language_model.py",),
    "a download that is interrupted": ("tests/integration/analysis/test_interrupted_downloads.py",),
    "starts": ("tests/integration/local_stack/test_up.py",),
    "an emulator that is killed": ("tests/integration/local_stack/test_durability.py",),
    "children that are killed": ("tests/integration/local_stack/test_killed_processes.py",),
    "fixture_stack": (
        "tests/integration/local_stack/test_deployment.py",
        "tests/integration/local_stack/test_function_processes.py",
        "tests/integration/local_stack/test_gateway.py",
        "tests/integration/local_stack/test_object_access.py",
        "tests/integration/local_stack/test_other_users.py",
        "tests/integration/local_stack/test_signatures.py",
    ),
}
_ORDER = [place for places in TOGETHER.values() for place in places]


def group_of(nodeid: str) -> str:
    """The group of a test, or its file."""
    file = nodeid.split("::")[0]
    return next((name for name, places in TOGETHER.items() if file.startswith(places)), file)


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """In the order of the table; tests that it does not name come last, in their previous order."""
    return sorted(items, key=lambda item: next(_places_of(item.nodeid), len(_ORDER)))


def misplaced(items: Sequence[pytest.Item]) -> list[str]:
    """Tests that would start a second instance of a shared fixture."""
    return [
        f"{item.nodeid} uses {name}: add it to TOGETHER in tests/support/xdist_groups.py"
        for item in items
        for name in TOGETHER.keys() & set(getattr(item, "fixturenames", ()))
        if group_of(item.nodeid) != name
    ]


def _places_of(nodeid: str) -> Iterator[int]:
    return (number for number, place in enumerate(_ORDER) if nodeid.startswith(place))
