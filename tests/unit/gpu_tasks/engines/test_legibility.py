"""Lines are kept or rejected by their characters, their score and their height."""

import pytest

from gpu_tasks.engines.text_reading.legibility import is_legible


@pytest.mark.parametrize(
    "text",
    [
        "今日のニュースをお伝えします",
        "東京タワーの夜景",
        "カメラのレンズを交換する方法",
        "Python入門コース",
        "ｶﾒﾗとＡＢＣ",
        "Привет мир",
        "안녕하세요 USB",
        "Größe",
    ],
)
def test_lines_of_any_writing_system_are_kept(text: str) -> None:
    assert is_legible(text, 0.86)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("C++", 0.999),
        ("C#", 0.999),
        ("A+ (90%)", 0.941),
        ("-5 ℃", 0.979),
        ("50 %", 0.993),
        ("Q&A", 1.0),
        ("$5.00", 0.98),
        ("7", 1.0),
        ("B", 1.0),
        ("X", 0.968),
        ("大", 0.99),
    ],
)
def test_short_signs_with_a_high_score_are_kept(text: str, score: float) -> None:
    assert is_legible(text, score, height_share=0.1)


@pytest.mark.parametrize(
    ("text", "score", "height_share"),
    [
        ("X", 0.991, 0.21),  # crossing lines of a pavement, people_139s.mp4
        ("三", 0.947, 0.28),  # a screen full of small letters, small_text_1440p.mp4
        ("D", 0.815, 0.47),  # cars_30s.mp4
        ("BUNKY", 0.731, 0.5),  # a title whose letters are drawn as pictures, big_buck_bunny_30s.webm
        ("80", 0.694, 0.7),
        ("白", 0.481, 0.5),
        ("4I TIX3", 0.779, 0.1),  # "EXIT 14" in a mirror
        ("%0%", 0.791, 0.1),  # "50 %" upside down
        ("++3", 0.7, 0.1),
        ("EXI⊥ I4", 0.839, 0.1),
    ],
)
def test_lines_read_where_there_are_none_are_rejected(text: str, score: float, height_share: float) -> None:
    assert not is_legible(text, score, height_share)


@pytest.mark.parametrize(("text", "score"), [("aбγ", 0.9), ("C++", 0.88), ("7", 0.94), ("a", 1.0)])
def test_a_line_with_little_to_confirm_it_needs_a_higher_score(text: str, score: float) -> None:
    assert not is_legible(text, score)
