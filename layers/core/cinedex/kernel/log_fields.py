"""What a log line says about an error that the product recovers from.

Capabilities log with `logging.getLogger(__name__)`: these loggers are children of the logger in
`cinedex.observability`, so their lines have its format and the ids of the invocation.
"""

from __future__ import annotations


def log_fields(error: BaseException) -> dict[str, str]:
    """Class and message of the error, and of the error that caused it."""
    fields = {"error": type(error).__name__, "reason": str(error)}
    cause = error.__cause__ or error.__context__
    return fields if cause is None else fields | {"cause": f"{type(cause).__name__}: {cause}"}
