"""Text of media and models has no link, no markup and no invisible character, whatever a client makes of it."""

from __future__ import annotations

import pytest
from cinedex.kernel.text.plain_text import addresses, plain_text, visible
from hypothesis import given
from hypothesis import strategies as st

from tools import top_level_domains


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
        ("evil。com", "evil[.]com"),
        ("evil｡com/x", "evil[.]com/x"),
        ("evil․com", "evil[.]com"),
        ("evil﹒com", "evil[.]com"),
        ("ｅｖｉｌ．ｃｏｍ", "evil[.]com"),
        ("ᵉᵛⁱˡ.ℂ𝑜𝓶", "evil[.]Com"),
        ("evil&#46;com, evil&period;com, evil&#x2e;com", "evil[.]com, evil[.]com, evil[.]com"),
        ("evil&amp;#46;com", "evil[.]com"),
        ("10.0.0.1/x", "10[.]0[.]0[.]1/x"),
        ("10.0.0.1:8080", "10[.]0[.]0[.]1:8080"),
        ("http://[::1]/x", "(::1)/x"),
        ("[::1]/x", "(::1)/x"),
        ("[fe80::1%25eth0]:80/x", "(fe80::1) –80/x"),
        ("evil.zip", "evil[.]zip"),
        ("evil.mov/x", "evil[.]mov/x"),
        ("localhost:8080", "localhost[:]8080"),
        ("Localhost/admin", "Localhost[/]admin"),
        ("intranet:8080/x", "intranet[:]8080/x"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e[.]com"),
        ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd[.]xn--p1ai"),
        ("пример.рф", "пример[.]рф"),
        ("例え.みんな", "例え[.]みんな"),
        ("//evil.com", "evil[.]com"),
        (r"\evil.com\share", r"\evil[.]com\share"),
        ("http:evil.com http:/evil.com HTTP:\\evil.com", "evil[.]com /evil[.]com \\evil[.]com"),
        ("magnet:?xt=urn:btih:0", "?xt=urn:btih:0"),
        ("data:text/html;base64,AA", "text/html;base64,AA"),
        ("javascript&colon;alert(1)", "alert(1)"),
        ("mailto:me@evil.com", "me[at]evil[.]com"),
        ("me＠evil｡com", "me[at]evil[.]com"),
        ("view-source:https://evil.com", "evil[.]com"),
        ("[t](//evil.com) [t]: //evil.com", "t (evil[.]com) [t] – evil[.]com"),
        ("<a href=//evil.com>t</a>", "‹a href=evil[.]com›t‹/a›"),
        ("&lt;img src=evil.com&gt;", "‹img src=evil[.]com›"),
        ("..evil.com -evil.com @evil.com _evil.com", "..evil[.]com -evil[.]com @evil[.]com _evil[.]com"),
        ("evil.comへ 去evil.com看", "evil[.]comへ 去evil[.]com看"),
        ("evil.sh/x a.evil.sh", "evil[.]sh/x a[.]evil[.]sh"),
        ("printer.lan, nas.home and db.internal", "printer[.]lan, nas[.]home and db[.]internal"),
    ],
)
def test_addresses_and_markup_become_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        *("3.5", "v1.2", "v1.2.3", "2.0.1.5000", "10.30", "at 10.30pm", "0:05.250", "3.5/10", "$1.50/kg", "5:30/6:00"),
        *("e.g. so", "i.e.", "p.m.", "U.S.A.", "Ph.D.", "No.1", "St.Louis", "J.K.Rowling", "M.I.T", "a.k.a"),
        *("Node.js", "clip.mp4", "my.clip.mkv"),
        *("main.py", "README.md", "install.sh", "song.mp3", "a…b", "wait...com"),
        *("你好。世界", "これはAIです。ITの話", "使用Python。Java也", "です。AIは", "5 ℃, № 7, ½, ㎏, ™"),
        *("[1]", "[00:01:02]", "[12:30]", "(10:30)", "ratio 3:2", "Time: 10/12", "R&D", "AT&T;", "&c."),
        *("localhost", "The data: 5", "about: us", "and/or", "1/2", "5 // 2", "C:\\x", "key:value", "dog-eared"),
    ],
)
def test_numbers_abbreviations_files_and_times_stay(text: str) -> None:
    assert plain_text(text) == text


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
        ("www.foo.zzz", ["foo.zzz"]),
        ("www.foo.bar", ["foo.bar", "www.foo.bar"]),
        ("ｅｖｉｌ。ｃｏｍ and evil&#46;com", ["evil.com"]),
        ("10.0.0.1/x, [::1]/x and localhost:8080", ["10.0.0.1", "::1", "localhost"]),
        ("10[.]0[.]0[.]1/x, (::1)/x and localhost[:]8080", ["10.0.0.1", "::1", "localhost"]),
        ("main.py of Foo.RS, version 1.5", []),
        ("a.example b.example a.example", ["a.example", "b.example"]),
        ("no address at all.", []),
    ],
)
def test_each_address_is_named_once_whether_it_is_active_or_not(text: str, found: list[str]) -> None:
    assert sorted(addresses(text)) == sorted(found)


@given(st.text(alphabet="ab.:/@[]()<>!#*_~`w\n \u200d\u202ehttpgov。．․&#46;0%"))
def test_a_second_call_changes_nothing(text: str) -> None:
    assert plain_text(plain_text(text)) == plain_text(text)


def test_the_top_level_domains_are_those_that_iana_lists() -> None:
    """To update them after an update of Hypothesis, which ships the list: `python -m tools.top_level_domains`."""
    assert top_level_domains.MODULE.read_text(encoding="utf-8") == top_level_domains.source()
