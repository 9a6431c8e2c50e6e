"""Rejects false positives of the text reader in foliage, brickwork and compression noise."""

from __future__ import annotations

import unicodedata

SCORE_MIN = 0.85
SIGN_SCORE_MIN = 0.9  # "C++", "-5 ℃"; drawn signs score 0.94 and more, mirrored ones 0.8 and less
CHARACTER_SCORE_MIN = 0.95
MIXED_SCORE_MIN = 0.95  # more than two writing systems
CHARACTER_HEIGHT_MAX = 0.15  # of the picture; crossing lines of a pavement are an "X" of 0.21 and more, with 0.99
READABLE_SHARE_MIN = 0.6  # share of letters, digits and spaces in a line
SIGN_SHARE_MIN = 1 / 3  # share of letters and digits in a sign
SIGN_CHARACTERS = frozenset(" +-−–#%‰°℃℉$€£¥&@()*.,:;/!?'\"’")
WRITING_SYSTEMS = {
    script: "JAPANESE" for script in ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "IDEOGRAPHIC")
} | {"FULLWIDTH": "LATIN"}
"""By the first word of a character's Unicode name; Japanese mixes kanji, both kana and the long vowel mark."""


def is_legible(text: str, score: float = 1.0, height_share: float = 0.0) -> bool:
    """Whether a line is text. `score` is that of the reader, `height_share` the height of the line in the picture.

    A sign or a single character has fewer letters that confirm each other, so that it needs a higher score.
    """
    stripped = text.strip()
    if score < SCORE_MIN or not any(character.isalnum() for character in stripped):
        return False
    if len(stripped) == 1:
        return score >= CHARACTER_SCORE_MIN and height_share <= CHARACTER_HEIGHT_MAX and not stripped.islower()
    if not _is_line(stripped):
        return score >= SIGN_SCORE_MIN and _is_sign(stripped)
    return len(_writing_systems(stripped)) <= 2 or score >= MIXED_SCORE_MIN


def _is_line(text: str) -> bool:
    readable = sum(character.isalnum() or character.isspace() for character in text)
    digits = sum(character.isdigit() for character in text)
    return readable >= READABLE_SHARE_MIN * len(text) and (digits >= 2 or any(c.isalpha() for c in text))


def _is_sign(text: str) -> bool:
    known = all(character.isalnum() or character in SIGN_CHARACTERS for character in text)
    return known and sum(character.isalnum() for character in text) >= SIGN_SHARE_MIN * len(text.replace(" ", ""))


def _writing_systems(text: str) -> set[str]:
    scripts = {unicodedata.name(c, "UNKNOWN").split()[0] for c in text if c.isalpha()}
    return {WRITING_SYSTEMS.get(script, script) for script in scripts}
