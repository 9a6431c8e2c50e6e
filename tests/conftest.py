"""The running product, started once for all tests that ask for it, and how examples are made up."""

from __future__ import annotations

from hypothesis import settings

from tests.support.stack import stack

__all__ = ["stack"]

# A busy machine changes nothing: no example has a deadline, and all of them are the same every time.
settings.register_profile("cinedex", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("cinedex")
