"""The languages of Whisper, as the codes of its tokenizer: ISO 639-1, or ISO 639-3 where that has none."""

from __future__ import annotations

_CODES = """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu
    hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt
    ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh
"""
WHISPER_LANGUAGES = tuple(_CODES.split())
UNDETERMINED = "und"
"""The code of ISO 639-2 for speech whose language was not detected; videos without speech have no language."""
