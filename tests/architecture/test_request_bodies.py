"""No request ignores what it does not know: every body is strict, and what holds any name is listed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, get_args, get_origin

from cinedex.api.reka.schemas.uploads import UploadForm
from cinedex.api.requests.dates import iso_date_time, iso_day
from cinedex.api.requests.strict_body import StrictBody
from cinedex.library.domain.user_metadata import MetadataRange
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
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
    ("WebhookBody", "metadata"): "any JSON, sent as it is",
    ("WebhookChanges", "metadata"): "any JSON, sent as it is",
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


def date_types(annotation: Any, metadata: Iterable[Any] = ()) -> Iterator[tuple[type, bool]]:
    """Each date in an annotation, and whether only ISO 8601 is accepted for it."""
    if isinstance(annotation, type) and issubclass(annotation, date):
        validators = {getattr(mark, "func", None) for mark in metadata}
        yield annotation, bool(validators & {iso_date_time, iso_day})
    nested = annotation.__metadata__ if get_origin(annotation) is Annotated else ()
    for argument in get_args(annotation)[: 1 if nested else None]:
        yield from date_types(argument, nested)


def test_every_date_of_a_request_accepts_iso_8601_only() -> None:
    """Pydantic alone reads a number, also as text, as seconds since 1970."""
    fields = [(f"{model.__name__}.{name}", field) for model in models() for name, field in model.model_fields.items()]
    parameters = [(p.alias, p.field_info) for route in routes() for p in parameters_of(route.dependant)]
    dates = {
        (name, is_iso)
        for name, field in [*fields, *parameters]
        for _, is_iso in date_types(field.annotation, field.metadata)
    }
    assert {"SearchBody.datetime_to", "UploadForm.recorded_at", "created_from", "from"} <= {name for name, _ in dates}
    assert [name for name, is_iso in dates if not is_iso] == []


def parameters_of(dependant: Dependant) -> Iterator[ModelField]:
    yield from [*dependant.query_params, *dependant.header_params, *dependant.path_params]
    for dependency in dependant.dependencies:
        yield from parameters_of(dependency)
