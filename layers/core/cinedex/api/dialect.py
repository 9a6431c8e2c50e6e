"""What differs between the emulated APIs: the prefix of their paths, and how they report errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cinedex.kernel.errors import CinedexError

Json = dict[str, Any]


@dataclass(frozen=True)
class WireError:
    """An error as a client sees it. `cause` is the domain error, if there is one."""

    status: int
    code: str
    message: str
    field: str | None = None
    details: Sequence[Any] = ()
    cause: CinedexError | None = None


@dataclass(frozen=True)
class Dialect:
    """The tables that turn domain errors into those of one API, and what its OpenAPI description says of them.

    `codes`: status and code of each domain error; an error without an entry gets that of its nearest base class.
    `messages`: where the wording of the domain does not fit, a format string over the attributes of the error.
    `fields`: wire name of each domain field that an error can name; schemas have the names of bodies.
    `http_codes`: codes of errors that the framework reports, such as an unknown route.
    """

    path_prefix: str
    codes: Mapping[type[CinedexError], tuple[int, str]]
    messages: Mapping[type[CinedexError], str]
    fields: Mapping[str, str]
    http_codes: Mapping[int, str]
    malformed: tuple[int, str]
    fault: tuple[int, str]
    body: Callable[[WireError, str | None], Json]
    schema_name: str
    schema: Json
    post_parameters: Callable[[str], list[Json]]

    def covers(self, path: str) -> bool:
        return path == self.path_prefix or path.startswith(f"{self.path_prefix}/")

    def domain_error(self, error: CinedexError) -> WireError:
        status, code = next(self.codes[t] for t in type(error).__mro__ if t in self.codes)
        template = self.messages.get(type(error))
        message = error.message if template is None else template.format_map(vars(error))
        field = self.fields.get(error.field, error.field) if error.field else None
        return WireError(status, code, message, field, error.details, error)

    def invalid_request(self, message: str, field: str | None, problems: Sequence[Json]) -> WireError:
        status, code = self.malformed
        return WireError(status, code, message, field, problems)

    def http_error(self, status: int, message: str) -> WireError:
        default = self.malformed if status < 500 else self.fault
        return WireError(status, self.http_codes.get(status, default[1]), message)

    @property
    def statuses(self) -> list[int]:
        """Every status that an error of this API can have."""
        return sorted({status for status, _ in self.codes.values()})
