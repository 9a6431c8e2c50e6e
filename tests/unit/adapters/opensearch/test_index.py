"""A request that the store rejects is not taken for a store that does not answer."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.errors import CinedexError, StoreUnavailable, Unavailable

pytest.importorskip("opensearchpy")
from cinedex.adapters.opensearch.index import OpenSearchSegmentIndex
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout, TransportError

from tests.support.segments import segment


class FailingIndices:
    def __init__(self, error: TransportError) -> None:
        self.error = error

    def get_alias(self, **_: Any) -> dict[str, Any]:
        raise self.error


class FailingClient:
    """`OpenSearch` whose every request fails."""

    def __init__(self, error: TransportError) -> None:
        self.indices = FailingIndices(error)


def raised_for(error: TransportError) -> CinedexError:
    client: Any = FailingClient(error)
    with pytest.raises(CinedexError) as caught:
        OpenSearchSegmentIndex(client).replace_video("mine", "a", [segment("a", 0, "text")])
    return caught.value


@pytest.mark.parametrize("status", [400, 413])
def test_a_rejected_request_is_no_failure_of_the_store(status: int) -> None:
    error = raised_for(TransportError(status, "on host search-1", {}))
    assert type(error) is Unavailable
    assert error.message == "The search store rejected a request."


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_request_that_may_succeed_later_is_one(status: int) -> None:
    assert type(raised_for(TransportError(status, "on host search-1", {}))) is StoreUnavailable


@pytest.mark.parametrize("kind", [NoConnection, ConnectionTimeout])
def test_a_store_that_cannot_be_reached_is_one(kind: type[TransportError]) -> None:
    assert type(raised_for(kind("N/A", "search-1", OSError("refused")))) is StoreUnavailable
