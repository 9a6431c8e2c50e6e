"""Spellings of the same word give the same tokens, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from cinedex.kernel.text.folding import fold, fold_clusters
from cinedex.kernel.text.tokenizer import token_texts, tokenize, word_texts
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


def test_words_of_devanagari_keep_their_vowel_signs() -> None:
    assert word_texts("नमस्ते दुनिया") == ["नमस्ते", "दुनिया"]


def test_a_token_has_its_position_in_the_original() -> None:
    text = "at the Cafe\u0301 with Wi-Fi"
    found = {token.text: text[token.start : token.end] for token in tokenize(text)}
    assert found["cafe"] == "Cafe\u0301"
    assert found["wifi"] == "Wi-Fi"


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
