"""Subtitle files as people have them: three formats, any encoding, and errors that name the line."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, TooLarge
from cinedex.subtitles import parse_file as module
from cinedex.subtitles.parse_file import parse_file

SRT = """1
00:00:01,000 --> 00:00:02,500 X1:10
<i>Hello</i> <font color="red">you</font>{\\an8}, a < b

2
00:00:03,000 --> 00:01:04,000
- Two
- 3
"""
VTT = """WEBVTT - a title

NOTE
a comment --> no cue

STYLE
::cue { color: red }

first
00:01.000 --> 00:02.500 align:start position:10%
<v Roger Bingham>Hello &amp; <c.yellow>bye</c> &lt;you&gt;

00:00:03.000 --> 00:01:04.000
Two <00:00:03.500>words
"""
ASS = """[Script Info]
ScriptType: v4.00+

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:03.00,0:01:04.00,Default,,0,0,0,,Two,{\\b1} words{\\b0}
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}Hello{\\i0}\\Nyou
Comment: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,not shown
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
"""


def texts(data: bytes, **options: str) -> list[str]:
    return [cue.text for cue in parse_file(data, **options).cues]


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        (SRT, "subrip", ["Hello you, a < b", "- Two\n- 3"]),
        (VTT, "webvtt", ["Hello & bye <you>", "Two words"]),
        (ASS, "ass", ["Hello\nyou", "Two, words"]),
        (SRT.replace("\n", "\r\n"), "subrip", ["Hello you, a < b", "- Two\n- 3"]),
        ("\n\n" + SRT.replace(" --> ", "-->"), "subrip", ["Hello you, a < b", "- Two\n- 3"]),
    ],
)
def test_the_text_of_each_format_has_no_markup(text: str, kind: str, shown: list[str]) -> None:
    file = parse_file(text.encode())
    assert (file.format, file.encoding) == (kind, "utf-8")
    assert [cue.text for cue in file.cues] == shown
    assert [(c.span.start_s, c.span.end_s) for c in file.cues] == [(1.0, 2.5), (3.0, 64.0)]


RUSSIAN = "1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела? Сегодня мы поедем в город.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_with_and_without_a_mark(encoding: str) -> None:
    assert texts(RUSSIAN.encode(encoding)) == [RUSSIAN.splitlines()[2]]


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("cp1251", "Привет, как дела? Сегодня мы поедем в город."),
        ("koi8_r", "Привет, как дела? Сегодня мы поедем в город."),
        ("cp1250", "Zażółć gęślą jaźń, proszę bardzo."),
        ("cp1252", "Où êtes-vous allé cet été ? C'était génial."),
        ("cp932", "今日のニュースをお伝えします。カメラのレンズを交換する方法"),
        ("gb18030", "今天的新闻,我们去北京旅游"),
        ("big5", "今天的新聞,我們去臺北旅遊"),
        ("cp949", "오늘의 뉴스를 전해 드립니다 안녕하세요"),
    ],
)
def test_the_code_page_of_an_old_file_is_detected(encoding: str, line: str) -> None:
    cues = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n\n" for n in range(3))
    assert texts(cues.encode(encoding)) == [line] * 3


def test_the_language_helps_where_two_code_pages_are_possible() -> None:
    hebrew = "1\n00:00:01,000 --> 00:00:02,000\nשלום, מה שלומך היום\n"
    file = parse_file(hebrew.encode("cp1255"), language="he-IL")
    assert (file.encoding, file.cues[0].text) == ("cp1255", "שלום, מה שלומך היום")


def test_a_stated_encoding_is_used_and_an_unknown_one_refused() -> None:
    assert texts(RUSSIAN.encode("cp866"), encoding="cp866") == [RUSSIAN.splitlines()[2]]
    with pytest.raises(ImpossibleValue, match="'klingon' is not known"):
        parse_file(RUSSIAN.encode(), encoding="klingon")
    with pytest.raises(InvalidInput, match="Line 3: the bytes are not utf-8"):
        parse_file(RUSSIAN.encode("cp1251"), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SRT + "\n3\n00:00:70,000 --> 00:00:06\nx\n", "Line 11: '00:00:70,000 --> 00:00:06' has no times such as"),
        (SRT + "\n3\n00:00:05,000 -> 00:00:06,000\nx\n", "Line 11: '00:00:05,000 -> 00:00:06,000' has no times"),
        (SRT + "\n3\n00:00:05,000 --> 00:00:04,000\nx\n", "Line 11: the cue ends at 00:00:04,000, before it starts."),
        (VTT + "\n00:05.000 --> 5.5\nx\n", "Line 16: '00:05.000 --> 5.5' has no times"),
        (ASS + "Dialogue: 0,0:00:0x.00,0:00:09.00,Default,,0,0,0,,x\n", "Line 10: 'Dialogue: 0,0:00:0x.00"),
        ("Dear reader,\nthis is a letter.\n", "Line 1: 'Dear reader,' does not begin a subtitle file."),
        ("", "Line 1: '' does not begin a subtitle file."),
        ("1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", "has no text with a time"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_file(text.encode())
    assert message in refused.value.message
    assert refused.value.field == "file"


def test_files_and_lists_of_cues_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="the most is"):
        parse_file(b" " * (module.BYTES_MAX + 1))
    monkeypatch.setattr(module, "CUES_MAX", 1)
    with pytest.raises(TooLarge, match="has 2 cues"):
        parse_file(SRT.encode())


@pytest.mark.parametrize(
    "encoding",
    ["punycode", "idna", "IDNA", "unicode_escape", "Raw-Unicode-Escape", "undefined", "rot13", "zlib", "utf-8\0"],
)
def test_a_codec_that_is_no_encoding_of_files_is_refused(encoding: str) -> None:
    with pytest.raises(ImpossibleValue, match="is not known") as refused:
        parse_file(SRT.encode(), encoding=encoding)
    assert refused.value.field == "encoding"


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-32", "utf-7", "utf-8-sig", "hz", "iso2022_jp", "cp037", "mbcs", "oem"]
)
def test_bytes_that_are_not_in_the_stated_encoding_are_refused(encoding: str) -> None:
    with pytest.raises((InvalidInput, ImpossibleValue)):
        parse_file(SRT.encode()[:-1] + b"+\xd8\xff\x1b", encoding=encoding)


MANY = 1_000_000
TIMES = "1\n00:00:01,000 --> 00:00:02,000\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1:1:" + "1" * MANY, "does not begin a subtitle file"),
        (TIMES + "1:1:" + "1" * MANY, "Line 2: the cue has 1000004 characters; the most is 1000."),
        (TIMES + "{" * MANY, "Line 2: the cue has 1000000 characters"),
        (TIMES + "<a" * MANY, "Line 2: the cue has 2000000 characters"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n&#" + "1" * MANY + ";", "Line 3: the cue has 1000003 characters"),
        (ASS + ASS.splitlines()[5] + "{" * MANY, "Line 10: the cue has 1000010 characters"),
        (ASS + f"Dialogue: 0,{'1' * 5000}:00:03.00,0:01:04.00,,,,,,,x", "Line 10: 'Dialogue: 0,1111"),
        (ASS + "Dialogue: 0,0:0:3:00,0:01:04.00,,,,,,,x", "Line 10: 'Dialogue: 0,0:0:3:00"),
        (ASS + "  Dialogue: 0,x,0:01:04.00,,,,,,,x", "Line 10: 'Dialogue: 0,x"),
    ],
)
def test_a_long_line_takes_no_long_time_and_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_file(text.encode())
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TIMES + "Hello" + "\n" * MANY + "you", ["Hello\nyou"]),
        (TIMES + "Hello\n" + "<b>" * MANY, ["Hello"]),
        (ASS + "[" + "a" * MANY, ["Hello\nyou", "Two, words"]),
        (ASS + "Dialogue: 0,0:00:08.00,0:00:09.00,Default,,0,0,0,,{\\p1}m" + " 1" * MANY, ["Hello\nyou", "Two, words"]),
        (
            ASS + "Dialogue: 0,0:00:08.00,0:00:09.00,Default,,0,0,0,," + "{\\k9}" * MANY + "x",
            ["Hello\nyou", "Two, words", "x"],
        ),
        (ASS.replace("[Events]", "[V4+ Styles]\nStyle: a,b,large\n[Events]"), ["Hello\nyou", "Two, words"]),
    ],
)
def test_what_is_not_shown_may_be_long(monkeypatch: pytest.MonkeyPatch, text: str, shown: list[str]) -> None:
    monkeypatch.setattr(module, "BYTES_MAX", len(text))
    assert texts(text.encode()) == shown


def test_a_commented_cue_of_webvtt_is_not_shown() -> None:
    assert texts((VTT + "\nNOTE\n00:07.000 --> 00:08.000\nno\n").encode()) == ["Hello & bye <you>", "Two words"]


def test_times_without_an_hour_before_their_colon_are_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        parse_file((VTT + "\n:00:07.000 :00:08.000\n").encode())
