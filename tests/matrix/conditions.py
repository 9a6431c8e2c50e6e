"""The ways in which a machine may differ from ours."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

NOWHERE = "127.0.0.1:9"
PROXIES = {
    "HTTP_PROXY": f"http://{NOWHERE}",
    "HTTPS_PROXY": f"http://{NOWHERE}",
    "ALL_PROXY": f"socks5://{NOWHERE}",
}
CAPABILITY = "dac_override"
"""The capabilities that let root write to read-only folders."""


@dataclass(frozen=True)
class Condition:
    """How a command is started on such a machine: variables set and unset, and a command before it."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    read_only: bool = False
    no_localhost: bool = False


def _read_only() -> Condition:
    as_others = ("setpriv", f"--bounding-set=-{CAPABILITY}", f"--inh-caps=-{CAPABILITY}") if os.geteuid() == 0 else ()
    return Condition("a checkout that cannot be written", before=as_others, read_only=True)


WITHOUT_UTF8 = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
BEHIND_UTC = "NST3:30NDT,M3.2.0,M11.1.0"
"""Newfoundland: half an hour beside the full hours, and summer time. In the first hours of a day of UTC, it has the day
before.
"""
SUITES_ELSEWHERE = Condition(
    "the locale C, and a time zone behind UTC", {"LC_ALL": "C", "PYTHONUTF8": "1", "TEST_TZ": BEHIND_UTC}
)
"""For the suites, whose own time zone is ahead of UTC: see `tests/conftest.py`.

Every process of Cinedex has the UTF-8 mode of Python, so that the suites have it, too. Without it, tests could not name
their files.
"""

CONDITIONS = (
    Condition("proxies that do not answer", PROXIES | {name.lower(): proxy for name, proxy in PROXIES.items()}),
    Condition("no HOME", unset=("HOME",)),
    Condition("umask 077", before=("sh", "-c", 'umask 077 && exec "$@"', "sh")),
    Condition("a locale without UTF-8", WITHOUT_UTF8),
    Condition("a time zone 14 hours ahead", {"TZ": "Pacific/Kiritimati"}),
    Condition("a name localhost that leads nowhere", no_localhost=True),
    _read_only(),
)


def combined(conditions: Iterable[Condition]) -> Condition:
    together = tuple(conditions)
    return Condition(
        name=", ".join(condition.name for condition in together) or "as here",
        variables={name: value for condition in together for name, value in condition.variables.items()},
        unset=tuple(name for condition in together for name in condition.unset),
        before=tuple(word for condition in together for word in condition.before),
        read_only=any(condition.read_only for condition in together),
        no_localhost=any(condition.no_localhost for condition in together),
    )


def odd_folder(parent: Path, characters: int = 180) -> Path:
    """A path of this length with spaces and umlauts."""
    start = parent / "my vidéos für ümläute"
    return start / ("x" * max(1, characters - len(str(start)) - len("//cinedex"))) / "cinedex"
