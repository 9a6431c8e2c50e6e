"""No request ignores what it does not know: every body is strict, and what holds any name is listed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from cinedex.api.reka.schemas.uploads import UploadForm
from cinedex.api.requests.strict_body import StrictBody
from cinedex.library.domain.user_metadata import MetadataRange
from fastapi.routing import APIRoute
from pydantic import BaseModel

from functions.chat_api import app as chat_app
from functions.chat_stream import app as stream_app
from functions.library_api import app as library_app
from tests.support.api import api_routes

READ_BY_THE_ROUTE: list[type[BaseModel]] = [UploadForm]
"""Bodies that are no parameter of their route, because it also reads forms."""
ANY_NAME = {
    ("NewGroup", "metadata"): "any JSON, stored as it is",
    ("GroupUpdate", "metadata"): "any JSON, stored as it is",
    ("VideoUpdate", "metadata"): "the client names the keys",
    ("UploadForm", "metadata"): "the client names the keys",
    ("PresignedUploadRequest", "metadata"): "the client names the keys",
    ("VideoFilter", "metadata"): "the client names the keys",
}
"""Fields whose names the client chooses, with the reason."""


def routes() -> Iterator[APIRoute]:
    for app in (library_app, chat_app, stream_app):
        yield from api_routes(app)


def parts_of(annotation: Any) -> Iterator[Any]:
    """The annotation and everything in it: members of unions, items of lists, fields of models."""
    yield annotation
    for argument in get_args(annotation):
        yield from parts_of(argument)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from parts_of(field.annotation)


def models() -> set[type[BaseModel]]:
    bodies = [p.field_info.annotation for route in routes() for p in route.dependant.body_params]
    parts = [part for body in [*bodies, *READ_BY_THE_ROUTE] for part in parts_of(body)]
    return {part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)}


def test_every_body_of_a_request_refuses_unknown_fields() -> None:
    assert len(models()) > 20
    lax = [m.__name__ for m in models() - {MetadataRange} if not issubclass(m, StrictBody)]
    assert lax == []
    assert all(model.model_config.get("extra") == "forbid" for model in models())


def test_a_field_that_accepts_any_name_is_listed_with_its_reason() -> None:
    open_fields = {
        (model.__name__, name)
        for model in models()
        for name, field in model.model_fields.items()
        if any(part is dict or get_origin(part) is dict for part in parts_of(field.annotation))
        and not any(isinstance(part, type) and issubclass(part, StrictBody) for part in parts_of(field.annotation))
    }
    assert open_fields == set(ANY_NAME)
