"""The gateway chooses a route as API Gateway does."""

from __future__ import annotations

import pytest

from local.deploy.api import Route
from local.gateway.routing import Router

ROUTER = Router(
    Route(method=method, path=path, function=f"{method} {path}")
    for method, path in [
        ("ANY", "/v2/{proxy+}"),
        ("ANY", "/v2/videos/{proxy+}"),
        ("GET", "/v2/videos/{video_id}"),
        ("ANY", "/v2/videos/{video_id}"),
        ("GET", "/v2/videos/latest"),
        ("GET", "/health"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "chosen"),
    [
        ("GET", "/v2/videos/latest", "GET /v2/videos/latest"),
        ("GET", "/v2/videos/7", "GET /v2/videos/{video_id}"),
        ("PATCH", "/v2/videos/7", "ANY /v2/videos/{video_id}"),
        ("GET", "/v2/videos/7/scenes", "ANY /v2/videos/{proxy+}"),
        ("POST", "/v2/search", "ANY /v2/{proxy+}"),
    ],
)
def test_the_most_specific_route_wins(method: str, path: str, chosen: str) -> None:
    match = ROUTER.match(method, path)
    assert match is not None
    assert match.route.function == chosen


@pytest.mark.parametrize(("method", "path"), [("POST", "/health"), ("GET", "/v2"), ("GET", "/nothing")])
def test_a_request_that_fits_no_route_has_none(method: str, path: str) -> None:
    assert ROUTER.match(method, path) is None


def test_path_parameters_are_decoded_and_an_encoded_slash_is_no_separator() -> None:
    match = ROUTER.match("GET", "/v2/videos/a%2Fb%20%C3%A9")
    assert match is not None
    assert match.parameters == {"video_id": "a/b é"}


def test_the_default_route_matches_every_other_path() -> None:
    router = Router([Route(method="ANY", path="$default", function="rest")])
    match = router.match("GET", "/anything")
    assert match is not None
    assert match.route.function == "rest"
