"""The running product, started once for all tests that ask for it."""

from __future__ import annotations

from tests.support.stack import stack

__all__ = ["stack"]
