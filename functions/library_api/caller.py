"""The caller of a route, with the scope that it needs at least."""

from __future__ import annotations

from typing import Annotated

from cinedex.adapters.fastapi_caller import CallerGate
from cinedex.bootstrap import authenticate
from cinedex.domain.access import Caller, Scope
from fastapi import Depends

gate = CallerGate(authenticate)

Searcher = Annotated[Caller, Depends(gate(Scope.SEARCH))]
Reader = Annotated[Caller, Depends(gate(Scope.READ))]
Writer = Annotated[Caller, Depends(gate(Scope.WRITE))]
Admin = Annotated[Caller, Depends(gate(Scope.ADMIN))]
