"""Properties are checked on the same examples every time, however busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("cinedex", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("cinedex")
