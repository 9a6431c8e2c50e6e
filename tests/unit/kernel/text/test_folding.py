"""Which characters are ignored, which are accents, and which belong to the letter before them."""

from __future__ import annotations

import pytest
from cinedex.kernel.text.folding import APOSTROPHES, HYPHENS, MARK, fold, fold_clusters, shape

IGNORED = {
    "soft hyphen": (0xAD, 0xAD),
    "tatweel": (0x640, 0x640),
    "zero width": (0x200B, 0x200F),
    "word joiner": (0x2060, 0x2060),
    "variation selectors": (0xFE00, 0xFE0F),
    "byte order mark": (0xFEFF, 0xFEFF),
    "skin tones": (0x1F3FB, 0x1F3FF),
}


@pytest.mark.parametrize("block", IGNORED.values(), ids=IGNORED)
def test_characters_that_only_change_the_look_are_ignored(block: tuple[int, int]) -> None:
    inside = [fold(f"b{chr(code)}c") for code in range(block[0], block[1] + 1)]
    assert set(inside) == {"bc"}
    assert [shape(f"b{chr(code)}") for code in block] == [f"b{MARK}"] * 2


@pytest.mark.parametrize("code", [0x200A, 0x2010, 0x2061, 0x63F, 0x641, 0xFE10, 0xFF00, 0x1F3FA, 0x1F400, 0xAC, 0xAE])
def test_the_characters_beside_them_are_not(code: int) -> None:
    assert fold(f"b{chr(code)}c") != "bc"


@pytest.mark.parametrize(
    ("letter", "plain"),
    [
        ("ø", "o"), ("Đ", "d"), ("ð", "d"), ("Ł", "l"), ("ħ", "h"), ("ı", "i"), ("Æ", "ae"), ("œ", "oe"), ("Þ", "th"),
    ],
)  # fmt: skip
def test_letters_without_a_decomposition_have_an_equivalent(letter: str, plain: str) -> None:
    assert fold(letter) == plain


@pytest.mark.parametrize(
    ("marks", "plain"),
    [(APOSTROPHES.translate(dict.fromkeys(map(ord, "´`"))), "'"), (HYPHENS, "-"), ("“”„«»", '"'), ("·・", "-")],
)
def test_typographic_marks_are_plain_ones(marks: str, plain: str) -> None:
    assert {fold(f"b{mark}c") for mark in marks} == {f"b{plain}c"}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0x483, 0x489),
        (0x7EB, 0x7EB),
        (0x900, 0x903),
        (0x1CED, 0x1CED),
        (0xA66F, 0xA66F),
        (0xABEC, 0xABED),
        (0x3099, 0x309A),
    ],
)
def test_marks_of_scripts_belong_to_the_letter_before_them(first: int, last: int) -> None:
    for code in range(first, last + 1):
        assert [(start, end) for _, start, end in fold_clusters(f"ab{chr(code)}c")] == [(0, 1), (1, 3), (3, 4)]


def test_white_space_is_one_space_and_a_syllable_of_jamo_is_one_letter() -> None:
    assert fold("a \t\n b") == "a b"
    assert [text for text, _, _ in fold_clusters("a \n한가")] == ["a", " ", "한", "가"]
