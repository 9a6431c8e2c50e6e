"""How many changes of a capability the tests notice, and the table of these scores in chapter 9."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

HEADER = "| capability | places | sampled | equivalent | killed | score | seed | date |"
WANTED = 0.9


@dataclass(frozen=True)
class Score:
    """`places` are those that cosmic-ray can change; `sampled` of them were changed."""

    capability: str
    places: int
    killed: int
    lives: int
    equivalent: int

    @property
    def share(self) -> float:
        """Killed, of those that are not equivalent."""
        return self.killed / max(1, self.killed + self.lives)

    def row(self, seed: int, today: date) -> str:
        sampled = self.killed + self.lives + self.equivalent
        cells = (
            self.capability, self.places, sampled, self.equivalent, self.killed, f"{self.share:.0%}", seed, today,
        )  # fmt: skip
        return f"| {' | '.join(map(str, cells))} |"


def score_of(capability: str, places: int, results: Iterable[str]) -> Score:
    """`results` are `killed`, `LIVES` and `equivalent`, and `UNCLEAR`, which does not count."""
    counts = Counter(results)
    return Score(capability, places, counts["killed"], counts["LIVES"], counts["equivalent"])


def written_into(text: str, rows: Iterable[str]) -> str:
    """The chapter, with these rows in place of those of the same capabilities, or at the end of the table."""
    for row in rows:
        capability = re.escape(row.split("|")[1])
        table = re.compile(rf"({re.escape(HEADER)}\n\|[-|]+\|\n(?:\|.*\n)*?)(?:\|{capability}\|.*\n|(?=[^|]|\Z))")
        text, count = table.subn(lambda found, row=row: f"{found[1]}{row}\n", text, count=1)
        if not count:
            raise ValueError(f"The chapter has no table with the header {HEADER}")
    return text
