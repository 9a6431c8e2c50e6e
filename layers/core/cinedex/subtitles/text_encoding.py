"""The text of a subtitle file, whose encoding is mostly not stated."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from cinedex.kernel.errors import ImpossibleValue, InvalidInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 before UTF-16, because its mark begins with the same bytes."""
_NOT_OF_FILES = ("idna", "punycode", "raw-unicode-escape", "unicode-escape")
"""Codecs of Python for host names and source code."""
WESTERN = ("cp1252",)
_CYRILLIC, _CENTRAL, _ARABIC, _BALTIC = ("cp1251", "koi8_r"), ("cp1250", "iso8859_2"), ("cp1256",), ("cp1257",)
LEGACY = {
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "rus", "ukr", "bul"), _CYRILLIC),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "sl", "hr", "bs", "sq", "pol", "cze", "ces", "hun"), _CENTRAL),
    **dict.fromkeys(("en", "fr", "de", "es", "it", "pt", "nl", "sv", "da", "no", "nb", "fi", "is", "ca"), WESTERN),
    **dict.fromkeys(("eng", "fre", "fra", "ger", "deu", "spa", "ita", "por", "dut", "nld", "swe"), WESTERN),
    **dict.fromkeys(("ar", "fa", "ur", "ara", "per", "fas"), _ARABIC),
    **dict.fromkeys(("et", "lv", "lt"), _BALTIC),
    **dict.fromkeys(("zh", "chi", "zho"), ("gb18030", "big5")),
    **dict.fromkeys(("ja", "jpn"), ("cp932", "euc_jp")),
    **dict.fromkeys(("ko", "kor"), ("cp949",)),
    **dict.fromkeys(("el", "gre", "ell"), ("cp1253",)),
    **dict.fromkeys(("tr", "tur", "az"), ("cp1254",)),
    **dict.fromkeys(("he", "heb"), ("cp1255",)),
    **dict.fromkeys(("th", "tha"), ("cp874",)),
    **dict.fromkeys(("vi", "vie"), ("cp1258",)),
    "sr": (*_CENTRAL, *_CYRILLIC),
}
"""Encodings of old files by language; an unknown language may have any of them."""
_ALL = tuple(dict.fromkeys((*WESTERN, *(name for names in LEGACY.values() for name in names))))


def decode(data: bytes, encoding: str | None = None, language: str | None = None) -> tuple[str, str]:
    """The text and the name of its encoding: as given, by a mark, UTF-8, by the language, or detected.

    Raises `InvalidInput` with the line of the first byte that is not in the encoding.
    """
    given = encoding and _known(encoding)
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if given and not (marked and given.startswith("utf")):
        return _strict(data, given), given
    if marked or _is_utf16(data):
        name = marked or ("utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
        return _strict(data, name), name
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return _decode_legacy(data, language)


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        b"1".decode(name, errors="ignore")  # not of text: LookupError; never usable: ValueError
    except (LookupError, ValueError):
        name = ""
    if not name or name.replace("_", "-") in _NOT_OF_FILES:
        raise ImpossibleValue(f"The encoding {encoding[:40]!r} is not known.", field="encoding")
    return name


def _is_utf16(data: bytes) -> bool:
    """A file without a mark begins with a digit or a letter of ASCII, whose other byte is zero."""
    return len(data) >= 4 and (data[1] == data[3] == 0 or data[0] == data[2] == 0)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"Line {line}: the bytes are not {encoding}.", field="file") from error
    except UnicodeError as error:  # some codecs do not say at which byte
        raise InvalidInput(f"The bytes are not {encoding}.", field="file") from error


def _decode_legacy(data: bytes, language: str | None) -> tuple[str, str]:
    candidates = LEGACY.get((language or "").lower().split("-")[0], _ALL)
    # Times and numbers are ASCII in every encoding and would outweigh the few lines of text.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
    matches = from_bytes(telling, cp_isolation=list(candidates), enable_fallback=False)
    best = matches.best()
    name = best.encoding if best else candidates[0]
    equal = {m.encoding for m in matches if best is not None and m.chaos <= best.chaos}
    if name in (*_CENTRAL, *_BALTIC) and equal.intersection(WESTERN):
        name = WESTERN[0]  # they share most letters, and the Western languages have more files
    return data.decode(name, errors="replace"), name
