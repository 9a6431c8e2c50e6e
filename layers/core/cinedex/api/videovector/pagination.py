"""Cursor pages: `{"data": […], "pagination": {limit, has_more, next_cursor}}`."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from cinedex.chat.usecases.manage_sessions import PAGE_MAX, SessionPage

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the previous page, with the same query parameters.")]


class Pagination(BaseModel):
    limit: int
    has_more: bool
    next_cursor: str | None


class PageResponse(BaseModel, Generic[T]):
    data: list[T]
    pagination: Pagination


def pagination_of(page: SessionPage[Any]) -> Pagination:
    return Pagination(limit=page.limit, has_more=page.next_cursor is not None, next_cursor=page.next_cursor)
