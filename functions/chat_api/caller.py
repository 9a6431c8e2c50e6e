"""The caller of a route; searching and asking need the smallest scope."""

from __future__ import annotations

from typing import Annotated

from cinedex.adapters.fastapi_caller import require
from cinedex.domain.access import Caller, Scope
from fastapi import Depends

Searcher = Annotated[Caller, Depends(require(Scope.SEARCH))]
