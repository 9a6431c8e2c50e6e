"""Text of media and models has no link, no markup and no invisible character, whatever a client makes of it."""

from __future__ import annotations

import pytest
from cinedex.kernel.text.plain_text import addresses, plain_text, visible
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("see nasa.gov/x", "see nasa[.]gov/x"),
        ("see NASA.GOV.", "see NASA[.]GOV."),
        ("a.b.example.com and c.de", "a[.]b[.]example[.]com and c[.]de"),
        ("mail me.too@mail.nasa.gov now", "mail me.too[at]mail[.]nasa[.]gov now"),
        ("![x](http://a.b)", "x (a.b)"),
        ("[t](u)", "t (u)"),
        ("[t] (u)", "[t] (u)"),
        ("!![x] wow!!", "[x] wow!!"),
        ("# Head\n> q\n#5 and 3 > 2", "Head\nq\n#5 and 3 > 2"),
        ("**b** __u__ ~~s~~ 2*3", "b u s 2*3"),
        ("hthttp://tp://host", "host"),
        ("www.foo", "www[.]foo"),
        ("//cdn.x", "cdn.x"),
        ("https://host.test", "host[.]test"),
        (
            "t.co/x and x.com, e.g. at 5 p.m. in the U.S.A., i.e. now",
            "t[.]co/x and x[.]com, e.g. at 5 p.m. in the U.S.A., i.e. now",
        ),
        ("javascript:alert(1) mailto:x tel: 5", "alert(1) x tel: 5"),
        ("<b>x</b> 1 < 2 <3", "‹b›x‹/b› 1 < 2 <3"),
        ("[1]: http://x", "[1] – x"),
        ("`code`", "’code’"),
        ("main.py in foo.rs is no host", "main.py in foo.rs is no host"),
        ("version 1.5 at 10:30", "version 1.5 at 10:30"),
        ("\uff4e\uff41\uff53\uff41\uff0e\uff47\uff4f\uff56", "nasa[.]gov"),
        ("ⓗttp://x", "x"),
    ],
)
def test_addresses_and_markup_become_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u200db", "ab"),
        ("\u200da", "a"),
        ("é\u200dé", "é\u200dé"),
        ("क\u200dष", "क\u200dष"),
        ("x\u200cé", "xé"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("a\u202eb\u2066c", "abc"),
        ("a\tb\nc\rd\x00e", "a\tb\ncde"),
        ("a\u2028b\u2029c\u3164d\uffa0e", "abcde"),
        ("\ue000\U000e0041a\ud800", "a"),
        ("①ＡＢ𝐂", "1ABC"),
    ],
)
def test_characters_that_no_reader_sees_are_removed_and_lookalikes_are_ascii(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see nasa.gov/x and nasa[.]gov", ["nasa.gov"]),
        ("me@nasa.gov or me[at]nasa[.]gov", ["me@nasa.gov"]),
        ("https://host/path?x and //other/y", ["host", "other"]),
        ("visit x.com", ["x.com"]),
        ("www.foo.bar", ["foo.bar"]),
        ("main.py of Foo.RS, version 1.5", []),
        ("a.example b.example a.example", ["a.example", "b.example"]),
        ("no address at all.", []),
    ],
)
def test_each_address_is_named_once_whether_it_is_active_or_not(text: str, found: list[str]) -> None:
    assert sorted(addresses(text)) == sorted(found)


@given(st.text(alphabet="ab.:/@[]()<>!#*_~`w\n \u200d\u202ehttpgov"))
def test_a_second_call_changes_nothing(text: str) -> None:
    assert plain_text(plain_text(text)) == plain_text(text)
