"""Text of media and of language models as plain text: nothing in it is a link, markup or code to a client.

A client may show an answer as Markdown or HTML, or turn addresses into links by itself. Addresses therefore lose their
scheme, and their dots and at signs get brackets: `nasa[.]gov`. Characters that no reader sees are removed.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_BLANK_LETTERS = "\u2028\u2029\u115f\u1160\u3164"
"""Separators of lines and paragraphs, and fillers of Hangul."""
_LOOKALIKES = re.compile("[\u2460-\u24ff\uff00-\uffef\U0001d400-\U0001d7ff]")
"""Enclosed, full-width and mathematical characters, which browsers read as ASCII in addresses."""
_TAG = re.compile(r"<(?=[a-zA-Z/!?])([^<>]*)>?")
_INLINE_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()]*)\)")
_IMAGE = re.compile(r"!(?=\[)")
_DEFINITION = re.compile(r"\]\s*:")
_EMPHASIS = re.compile(r"\*\*|__|~~")
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}|>+)[ \t]+", re.MULTILINE)
_SCHEME_AND_SLASHES = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}\s?:\s?//+|(?<![\w:/])//+(?=\w)", re.IGNORECASE)
_SCHEMES = "about|blob|callto|data|facetime|file|intent|javascript|magnet|mailto|sip|skype|sms|tel|vbscript|whatsapp"
_SCHEME = re.compile(rf"\b(?:{_SCHEMES})\s?:(?=\S)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]+)@((?:[\w-]+\.)+[\w-]{2,})")
_DOMAINS = (
    "academy|agency|app|arpa|biz|blog|cafe|click|cloud|club|com|dev|edu|email|example|fun|gov|icu|info|int|invalid|"
    "link|live|local|localhost|mil|mobi|name|net|news|onion|online|org|page|pro|pub|run|shop|site|space|store|stream|"
    "tech|test|today|top|video|web|website|win|work|world|xyz|zone|[a-z]{2}"
)
_NO_DOMAINS = frozenset(("js", "md", "py", "rs", "sh", "ts", "vs", "gz", "db", "so", "jl", "kt", "go"))  # extensions
_HOST = re.compile(rf"(?<![\w.@-])(?:[\w-]{{1,63}}\.)+(?P<top>{_DOMAINS})(?![\w-])(?!\.\w)", re.IGNORECASE)
_WWW = re.compile(r"(?<![\w.-])www\.(?=\w)", re.IGNORECASE)


def plain_text(text: str) -> str:
    """`text` without invisible characters, markup and active addresses. A second call changes nothing.

    It is repeated because what remains may be active in turn: `hthttp://tp://host`.
    """
    while (changed := _once(text)) != text:
        text = changed
    return text


def _once(text: str) -> str:
    text = visible(text)
    text = _TAG.sub(r"‹\1›", text).replace("`", "’")
    text = _IMAGE.sub("", _INLINE_LINK.sub(r"\1 (\2)", text)).replace("](", "] (")
    text = _DEFINITION.sub("] –", _HEADING.sub("", _EMPHASIS.sub("", text)))
    text = _SCHEME.sub("", _SCHEME_AND_SLASHES.sub("", text))
    text = _EMAIL.sub(lambda m: f"{m[1]}[at]{m[2].replace('.', '[.]')}", text)
    text = _WWW.sub("www[.]", text)
    return _HOST.sub(_without_dots, text)


def visible(text: str) -> str:
    """`text` without control, format and private characters; look-alikes of ASCII become ASCII."""
    text = _LOOKALIKES.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    kept = [c for i, c in enumerate(text) if c in "\n\t" or not _is_invisible(c, text[i - 1] if i else "")]
    return "".join(kept)


def addresses(text: str) -> list[str]:
    """The hosts and e-mail addresses in `text`, in lower case, whether or not they are links or in brackets."""
    text = visible(text).lower().replace("[.]", ".").replace("[at]", "@")
    hosts = (m.group() for m in _HOST.finditer(_EMAIL.sub(" ", text)) if m["top"] not in _NO_DOMAINS)
    linked = (m.group(1) for m in re.finditer(r"(?://|www\.)([^\s/?#\"'<>()\[\]]+)", text))
    return [*dict.fromkeys([*(m.group() for m in _EMAIL.finditer(text)), *hosts, *linked])]


def _is_invisible(character: str, before: str) -> bool:
    """Joiners are kept between letters of the scripts that need them."""
    if character in _JOINERS:
        return not before or before.isascii()
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn") or character in _BLANK_LETTERS


def _without_dots(match: re.Match[str]) -> str:
    host = match.group()
    return host if match["top"].lower() in _NO_DOMAINS else host.replace(".", "[.]")
