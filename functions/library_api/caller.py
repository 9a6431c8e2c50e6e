"""The caller of a route, with the scope that it needs at least."""

from __future__ import annotations

from typing import Annotated

from cinedex.adapters.fastapi_caller import require
from cinedex.domain.access import Caller, Scope
from fastapi import Depends

Searcher = Annotated[Caller, Depends(require(Scope.SEARCH))]
Reader = Annotated[Caller, Depends(require(Scope.READ))]
Writer = Annotated[Caller, Depends(require(Scope.WRITE))]
Admin = Annotated[Caller, Depends(require(Scope.ADMIN))]
