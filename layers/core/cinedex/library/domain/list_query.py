"""Which videos or collections a list has, and in which order."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.pagination import query_fingerprint
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.folded_name import folded_name
from cinedex.library.domain.user_metadata import MetadataFilter
from cinedex.library.domain.video import UploadStatus, Video

NO_COLLECTION = ""
PAGE_LIMIT_MAX = 1_000
READ_MAX = 1_000
"""How many items one page reads to find those that pass its filters."""


class Sort(StrEnum):
    OLDEST_FIRST = "created_at"
    NEWEST_FIRST = "-created_at"
    BY_NAME = "name"
    BY_NAME_REVERSED = "-name"

    @property
    def is_by_name(self) -> bool:
        return self in (Sort.BY_NAME, Sort.BY_NAME_REVERSED)

    @property
    def is_descending(self) -> bool:
        return self in (Sort.NEWEST_FIRST, Sort.BY_NAME_REVERSED)


class DateRange(BaseModel):
    """Both ends are included."""

    model_config = ConfigDict(frozen=True)

    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def holds(self, date: datetime | None) -> bool:
        if date is None:
            return not self
        return (self.since is None or self.since <= date) and (self.until is None or date <= self.until)


class _NamedQuery(BaseModel):
    """`name` is how the name begins, without case. A list with a `name` is in the order of names by default."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    sort: Sort | None = None

    @property
    def folded_name(self) -> str:
        return folded_name(self.name or "")

    @property
    def order(self) -> Sort:
        return self.sort or (Sort.BY_NAME if self.name else Sort.NEWEST_FIRST)

    @property
    def fingerprint(self) -> str:
        return query_fingerprint(self, ignoring=frozenset())


class CollectionQuery(_NamedQuery):
    """Collections of an account."""

    def matches(self, collection: Collection) -> bool:
        return folded_name(collection.name).startswith(self.folded_name)


class VideoQuery(_NamedQuery):
    """Videos of an account; `NO_COLLECTION` selects those that are in none. A feature has one of `feature_status`."""

    status: UploadStatus | None = None
    collection_id: str | None = None
    feature: Feature | None = None
    feature_status: FeatureStatus | None = None
    metadata: MetadataFilter = MetadataFilter()
    created: DateRange = DateRange()
    recorded: DateRange = DateRange()

    def within(self, collection_id: str) -> Self:
        return self.model_copy(update={"collection_id": collection_id})

    @property
    def counted_by(self) -> tuple[UploadStatus | None, str | None] | None:
        """The filters, if there is a count for them: none, the status, or the collection."""
        unfiltered = VideoQuery(sort=self.sort)
        if self == unfiltered.model_copy(update={"status": self.status}):
            return self.status, None
        if self == unfiltered.model_copy(update={"collection_id": self.collection_id}) and self.collection_id:
            return None, self.collection_id
        return None

    def matches(self, video: Video) -> bool:
        return (
            (not self.name or folded_name(video.name or "").startswith(self.folded_name))
            and self.status in (None, video.status)
            and (self.collection_id is None or self.collection_id == (video.collection_id or NO_COLLECTION))
            and self._matches_features(video)
            and self.metadata.holds(video.user_metadata)
            and self.created.holds(video.created_at)
            and self.recorded.holds(video.recorded_at)
        )

    def _matches_features(self, video: Video) -> bool:
        required = self.feature_status
        if required is None and self.feature is None:
            return True
        if self.feature is None:
            return any(state.status is required for state in video.features.values())
        return video.feature(self.feature).status is (required or FeatureStatus.READY)
