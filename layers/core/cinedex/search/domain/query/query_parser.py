"""The port for the language of queries: each language pack provides one parser."""

from __future__ import annotations

from typing import Protocol

from cinedex.search.domain.query.parsed_query import ParsedQuery


class QueryParser(Protocol):
    def __call__(self, text: str) -> ParsedQuery:
        """Text in quotation marks is literal.

        Raises `InvalidInput` for a query that contains only time expressions or only exclusions.
        """
