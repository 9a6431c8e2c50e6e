"""The scope of a turn in the format of the VideoVector API, in requests and responses: collections are indexes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel

from cinedex.api.requests.ids import canonical_if_id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.chat.domain.session import EffectiveScope, TurnScope

IndexId = Annotated[str, AfterValidator(canonical_if_id)]


class ScopeBody(StrictBody):
    """If no ids are given, or null, the whole account is in scope."""

    index_ids: list[IndexId] | None = None
    prompt_run_ids: list[str] | None = None

    @property
    def scope(self) -> TurnScope:
        return TurnScope(collection_ids=tuple(self.index_ids or ()), prompt_run_ids=tuple(self.prompt_run_ids or ()))


class ScopeResponse(BaseModel):
    """The ids that the request names; an empty list is no restriction."""

    index_ids: list[str]
    prompt_run_ids: list[str]

    @classmethod
    def of(cls, scope: TurnScope) -> ScopeResponse:
        return cls(index_ids=list(scope.collection_ids), prompt_run_ids=list(scope.prompt_run_ids))


class EffectiveScopeResponse(BaseModel):
    """What the tools of the turn may read: these indexes and runs, or with `everything` the whole account."""

    index_ids: list[str]
    prompt_run_ids: list[str]
    everything: bool

    @classmethod
    def of(cls, scope: EffectiveScope) -> EffectiveScopeResponse:
        return cls(
            index_ids=list(scope.collection_ids),
            prompt_run_ids=list(scope.prompt_run_ids),
            everything=scope.all_collections,
        )
