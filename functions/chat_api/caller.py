"""The caller of a route; searching and asking need the smallest scope."""

from __future__ import annotations

from typing import Annotated

from cinedex.adapters.fastapi_caller import CallerGate
from cinedex.bootstrap import authenticate
from cinedex.domain.access import Caller, Scope
from fastapi import Depends

gate = CallerGate(authenticate)

Searcher = Annotated[Caller, Depends(gate(Scope.SEARCH))]
