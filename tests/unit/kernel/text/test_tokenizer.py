"""Spellings of the same word give the same tokens, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from cinedex.kernel.text.folding import fold, fold_clusters
from cinedex.kernel.text.tokenizer import compounds, is_without_spaces, token_texts, tokenize, word_texts
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Résumé", "resume"),
        ("Curaçao naïve Übung", "curacao naive ubung"),
        ("straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("Łódź Ørsted", "lodz orsted"),
        ("don’t", "don't"),
        ("oʼclock", "o'clock"),
        ("ﬁlm", "film"),
        ("ＣＡＦＥ\u3000１２", "cafe 12"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("نَشْرَة", "نشرة"),
        ("שָׁלוֹם", "שלום"),
        ("soft\u00adware\u200b", "software"),
        ("1,250", "1250"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
    ],
)
def test_spellings_of_one_word_are_the_same_words(one: str, other: str) -> None:
    assert word_texts(one) == word_texts(other)
    assert word_texts(unicodedata.normalize("NFD", one)) == word_texts(other)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Wi-Fi", "wifi"),
        ("Wi‑Fi", "wifi"),
        ("COVID-19", "covid19"),
        ("covid19", "covid"),
        ("BA-2490-X", "ba2490"),
        ("U.S.A.", "usa"),
        ("1.250 Euro", "1250"),
        ("don't", "dont"),
        ("six o’clock", "clock"),
        ("l’été", "ete"),
        ("C++", "cplusplus"),
        ("C#", "csharp"),
        ("東京タワーの夜景", "夜景"),
        ("東京タワーの夜景", "東"),
        ("Python入門コース", "python"),
        ("สวัสดีครับ", "สวั"),
        ("서울에서", "서울"),
        ("launch 🚀 today", "🚀"),
    ],
)
def test_a_text_is_found_under_other_spellings(text: str, query: str) -> None:
    assert query in token_texts(text)
    assert query in token_texts(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("कि", "की"), ("ก", "กี"), ("2.5", "25"), ("5,500", "500")])
def test_marks_and_points_that_distinguish_words_are_kept(one: str, other: str) -> None:
    assert other not in token_texts(one)


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "ᬩᬮᬶ ᬤᬾᬯᬢ", "ᮞᮥᮔ᮪ᮓ ᮊᮥ"])
def test_words_keep_the_vowel_signs_of_their_script(text: str) -> None:
    assert word_texts(text) == text.split()


def test_a_token_has_its_position_in_the_original() -> None:
    text = "at the Cafe\u0301 with Wi-Fi"
    found = {token.text: text[token.start : token.end] for token in tokenize(text)}
    assert found["cafe"] == "Cafe\u0301"
    assert found["wifi"] == "Wi-Fi"


IOTA_BELOW = "\u0345"  # a letter in lower case


@pytest.mark.parametrize(
    "block",
    [(0x300, 0x36F), (0x591, 0x6ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)],
    ids=["diacritics", "Hebrew and Arabic", "extended", "supplement", "for symbols", "half marks"],
)
def test_accents_and_points_are_removed(block: tuple[int, int]) -> None:
    marks = [mark for mark in map(chr, range(block[0], block[1] + 1)) if unicodedata.category(mark)[0] == "M"]
    assert marks
    assert [hex(ord(mark)) for mark in marks if fold(f"b{mark}") != "b"] == (
        [hex(0x345)] if IOTA_BELOW in marks else []
    )


def test_vowel_signs_of_other_scripts_are_kept_and_belong_to_their_letter() -> None:
    signs = [sign for sign in map(chr, range(0x900, 0x1AB0)) if unicodedata.category(sign)[0] == "M"]
    assert len(signs) > 300
    assert [hex(ord(sign)) for sign in signs if fold(f"b{sign}") == "b"] == []
    assert [hex(ord(sign)) for sign in signs if len(list(fold_clusters(f"b{sign}"))) != 1] == []


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_every_token_is_inside_the_text(text: str) -> None:
    assert all(0 <= token.start < token.end <= len(text) and token.text for token in tokenize(text))


@given(st.text())
def test_tokens_of_pieces_are_the_tokens_of_the_text(text: str) -> None:
    """The cached path, which reads the text piece by piece, finds the same."""
    assert sorted(token_texts(text)) == sorted(token.text for token in tokenize(text))


@given(st.text(alphabet="aé e\u0301ßIİıｶﾞが한ᄒ\u1161\u11ab-–’'東 \n\u0938\u094d"))
def test_a_text_is_folded_as_its_clusters_are(text: str) -> None:
    clusters = list(fold_clusters(text))
    assert "".join(text[start:end] for _, start, end in clusters) == text
    assert unicodedata.normalize("NFC", "".join(folded for folded, _, _ in clusters)) == fold(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("COVID-19", ["covid", "19", "covid19"]),
        ("a-b-7", ["a", "b", "7", "ab7", "b7"]),
        ("Wi-Fi", ["wi", "fi", "wifi"]),
        ("東", ["東"]),
        ("東京都", ["東京", "京都", "東", "京", "都"]),
        ("d'or", ["d'or", "dor"]),
        ("l'ete", ["l'ete", "ete", "lete"]),
        ("x1", ["x1", "x", "1"]),
        ("1,250", ["1250"]),
        ("C++ c# d", ["cplusplus", "csharp", "d"]),
        ("e\u0301te\u0301", ["ete"]),
        ("", []),
    ],
)
def test_a_text_has_its_words_and_their_variants_and_no_token_twice(text: str, tokens: list[str]) -> None:
    assert sorted(token.text for token in tokenize(text)) == sorted(tokens)


def test_words_come_before_variants_and_a_single_character_is_a_word() -> None:
    assert [(t.text, t.is_variant) for t in tokenize("Wi-Fi")] == [("wi", False), ("fi", False), ("wifi", True)]
    assert [(t.text, t.is_variant) for t in tokenize("東")] == [("東", False)]
    assert {t.text: t.is_variant for t in tokenize("東京")} == {"東": True, "京": True, "東京": False}
    assert {t.text: (t.start, t.end) for t in tokenize("a 東京 b-7")} == {
        "a": (0, 1), "東": (2, 3), "京": (3, 4), "東京": (2, 4), "b": (5, 6), "7": (7, 8), "b7": (5, 8),
    }  # fmt: skip


def test_a_pair_of_a_compound_has_its_position_in_the_text() -> None:
    found = {token.text: (token.start, token.end) for token in tokenize("x a-b-7")}
    assert (found["ab7"], found["b7"], found["b"]) == ((2, 7), (4, 7), (4, 5))


def test_a_script_without_spaces_is_recognised() -> None:
    assert [is_without_spaces(text) for text in ("a", "é", "東", "aแb", "한")] == [False, False, True, True, True]


def test_a_long_text_has_the_tokens_of_a_short_one() -> None:
    for length in (63, 64, 65):
        assert token_texts("w" * length) == ["w" * length]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wi-Fi and e-mail", [(("wi", "fi"), "wifi"), (("e", "mail"), "email")]),
        ("U.S.A.", [(("u", "s", "a"), "usa")]),
        ("1.250", [(("1", "250"), "1250")]),
        ("BA-2490-X", [(("ba", "2490", "x"), "ba2490x")]),
        ("plain words", []),
    ],
)
def test_a_compound_has_its_parts_and_is_one_word(text: str, found: list[tuple[tuple[str, ...], str]]) -> None:
    assert list(compounds(text)) == found
