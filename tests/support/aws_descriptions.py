"""The descriptions of the services of AWS that botocore reads, parsed once for all sessions of a process.

Each session has a loader of its own, which parses the JSON of a service again: 0.1 to 0.4 s for each test that makes a
session.
"""

from __future__ import annotations

from functools import cache

import botocore.session
from botocore.loaders import create_loader


def share_descriptions() -> None:
    """For every session that is made from now on."""
    botocore.session.create_loader = cache(create_loader)
