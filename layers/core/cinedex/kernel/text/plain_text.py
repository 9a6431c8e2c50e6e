"""Text of media and of language models as plain text: nothing in it is a link, markup or code to a client.

A client may show an answer as Markdown or HTML, or turn addresses into links by itself. Addresses therefore lose their
scheme, and their dots and at signs get brackets: `nasa[.]gov`. Characters that no reader sees are removed.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from cinedex.kernel.text.hosts import DOTTED, EMAIL, IPV6, PORT, compared_form, hosts, is_host, is_ipv6

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
_SCHEMES = (
    "about|bitcoin|blob|callto|data|ethereum|facetime|file|ftp|https?|intent|javascript|ldap|magnet|mailto|ms-[a-z]+|"
    "sip|skype|sms|ssh|tel|tg|vbscript|view-source|webcal|whatsapp|wss?|xmpp|zoommtg"
)
_SCHEME = re.compile(rf"\b(?:{_SCHEMES})\s?:(?=\S)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,31});", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_WWW = re.compile(r"(?<![\w.-])www\.(?=\w)", re.IGNORECASE)


def plain_text(text: str) -> str:
    """`text` without invisible characters, markup and active addresses. A second call changes nothing.

    It is repeated because what remains may be active in turn: `hthttp://tp://host`.
    """
    while (changed := _once(text)) != text:
        text = changed
    return text


def _once(text: str) -> str:
    text = _without_entities(visible(text))
    text = _TAG.sub(r"‹\1›", text).replace("`", "’")
    text = _IMAGE.sub("", _INLINE_LINK.sub(r"\1 (\2)", text)).replace("](", "] (")
    text = _DEFINITION.sub("] –", _HEADING.sub("", _EMPHASIS.sub("", text)))
    return _WORD.sub(_without_address, _without_scheme(text))


def _without_address(match: re.Match[str]) -> str:
    """A word is changed only if it is an address in the form that browsers compare."""
    if match.group().isalnum():
        return match.group()
    word = compared_form(match.group())
    plain = _without_scheme(word)
    plain = EMAIL.sub(lambda m: f"{m['user']}[at]{m['host'].replace('.', '[.]')}", plain)
    plain = _WWW.sub("www[.]", plain)
    plain = DOTTED.sub(lambda m: m.group().replace(".", "[.]") if is_host(m) else m.group(), plain)
    plain = PORT.sub(r"\g<host>[\g<mark>]", plain)
    plain = IPV6.sub(lambda m: f"({m['address']})" if is_ipv6(m["address"]) else m.group(), plain)
    return match.group() if plain == word else plain


def _without_scheme(text: str) -> str:
    return _SCHEME.sub("", _SCHEME_AND_SLASHES.sub("", text))


def _without_entities(text: str) -> str:
    """Markdown and HTML read `&#46;` as a dot."""
    return _ENTITY.sub(lambda match: unescape(match.group()), text)


def visible(text: str) -> str:
    """`text` without control, format and private characters; look-alikes of ASCII become ASCII."""
    text = _LOOKALIKES.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    kept = [c for i, c in enumerate(text) if c in "\n\t" or not _is_invisible(c, text[i - 1] if i else "")]
    return "".join(kept)


def addresses(text: str) -> list[str]:
    """The hosts and e-mail addresses in `text`, in lower case, whether or not they are links or in brackets."""
    text = without_brackets(_without_entities(visible(text)).lower())
    text = _WORD.sub(lambda match: compared_form(match.group()), text)
    linked = (m.group(1) for m in re.finditer(r"(?://|www\.)([^\s/?#\"'<>()\[\]]+)", text))
    emails = (m.group() for m in EMAIL.finditer(text))
    return [*dict.fromkeys([*emails, *hosts(EMAIL.sub(" ", text)), *linked])]


def without_brackets(text: str) -> str:
    """Addresses as they were, to compare them with others."""
    for bracketed, mark in (("[.]", "."), ("[at]", "@"), ("[:]", ":"), ("[/]", "/")):
        text = text.replace(bracketed, mark)
    return text


def _is_invisible(character: str, before: str) -> bool:
    """Joiners are kept between letters of the scripts that need them."""
    if character in _JOINERS:
        return not before or before.isascii()
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn") or character in _BLANK_LETTERS
