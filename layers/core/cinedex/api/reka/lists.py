"""Pages of lists, an extension: filters, order, the size of a page, and where the next one is.

Reka's lists are not paged. Without `page_limit` a response has up to 1,000 items, as many as fit in
`response_size.RESPONSE_BYTES_MAX`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from cinedex.api.reka.schemas.library import Date, UntilDate, collection_of
from cinedex.api.requests.ids import canonical_if_id
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import ListPage
from cinedex.kernel.validation_messages import requirement_of, sentence_of
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.list_query import (
    NO_COLLECTION,
    PAGE_LIMIT_MAX,
    CollectionQuery,
    DateRange,
    Sort,
    VideoQuery,
)
from cinedex.library.domain.user_metadata import MetadataFilter
from cinedex.library.domain.video import UploadStatus

_METADATA = TypeAdapter(dict[str, Any])


class PagedResponse(BaseModel):
    next_page_token: str | None = Field(
        default=None,
        description="Extension: `page_token` of the next page, also in the header `Link`; null on the last page.",
    )
    total: int | None = Field(
        default=None, description="Extension: the length of the whole list; null with a filter that is not counted."
    )


@dataclass(frozen=True)
class PageRequest:
    request: Request
    response: Response
    limit: int
    token: str | None

    def link(self, page: ListPage[Any]) -> dict[str, Any]:
        """The fields of the response that say how the list continues; also sets the header (RFC 8288)."""
        if page.next_page_token is not None:
            url = self.request.url.include_query_params(page_token=page.next_page_token)
            self.response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return {"next_page_token": page.next_page_token, "total": page.total}


def page_request(
    request: Request,
    response: Response,
    page_limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT_MAX, description="Extension.")] = PAGE_LIMIT_MAX,
    page_token: Annotated[
        str | None, Query(description="Extension: `next_page_token` of the previous page, with the same filters.")
    ] = None,
) -> PageRequest:
    return PageRequest(request, response, page_limit, page_token)


Paging = Annotated[PageRequest, Depends(page_request)]
Name = Annotated[str | None, Query(max_length=200, description="Extension: how the name begins, without case.")]
Order = Annotated[Sort | None, Query(description="Extension. Default: `-created_at`; with the filter `name`: `name`.")]
Group = Annotated[str | None, Query(description="Extension: `default` for videos without a group.")]
Status = Annotated[UploadStatus | None, Query(description="Extension: the status of the upload.")]
OfFeature = Annotated[Feature | None, Query(description="Extension: has `feature_status`, by default `ready`.")]
OfStatus = Annotated[FeatureStatus | None, Query(description="Extension: of `feature`; without it, of any feature.")]
Metadata = Annotated[str | None, Query(max_length=10_000, description="Extension: JSON, as in the filter of a search.")]
From = Annotated[Date | None, Query(description="Extension; included.")]
To = Annotated[
    UntilDate | None, Query(description="Extension; included; a date without a time: the whole day, in UTC.")
]


def collection_query(name: Name = None, sort: Order = None) -> CollectionQuery:
    return CollectionQuery(name=name, sort=sort)


def group_videos_query(
    name: Name = None,
    sort: Order = None,
    status: Status = None,
    feature: OfFeature = None,
    feature_status: OfStatus = None,
    metadata: Metadata = None,
    created_from: From = None,
    created_to: To = None,
    recorded_from: From = None,
    recorded_to: To = None,
) -> VideoQuery:
    """Without the group, which is in the path."""
    return VideoQuery(
        name=name,
        sort=sort,
        status=status,
        feature=feature,
        feature_status=feature_status,
        metadata=_metadata_filter(metadata),
        created=DateRange(since=created_from, until=created_to),
        recorded=DateRange(since=recorded_from, until=recorded_to),
    )


GroupVideos = Annotated[VideoQuery, Depends(group_videos_query)]


def video_query(query: GroupVideos, group_id: Group = None) -> VideoQuery:
    return query if group_id is None else query.within(collection_of(canonical_if_id(group_id)) or NO_COLLECTION)


Collections = Annotated[CollectionQuery, Depends(collection_query)]
Videos = Annotated[VideoQuery, Depends(video_query)]


def _metadata_filter(text: str | None) -> MetadataFilter:
    try:
        return MetadataFilter(keys={} if text is None else _METADATA.validate_json(text))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(["metadata", *map(str, first["loc"][1:])])  # without the name of the field of the filter
        raise InvalidInput(sentence_of(field, requirement_of(first)), field="metadata") from None
