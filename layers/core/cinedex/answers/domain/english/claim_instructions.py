"""Sentences of an answer that tell the user to do something risky, and words that no model may add.

Text on a screen may tell the model to write such a sentence. It may be reported ("The sign says to visit …"), and it is
never written as advice of the assistant.
"""

from __future__ import annotations

import re

from cinedex.kernel.text.plain_text import addresses
from cinedex.kernel.text.tokens import words

_SENSITIVE_WORDS = """
    account accounts admin administrator administrators attacker bitcoin cache card click clipboard cookie cookies
    credential credentials crypto cvv debug developer disregard download exploit forget hack hacked iban ignore
    instruction instructions jailbreak key keys login malware override password passwords passcode pay payment
    phishing pin prompt prompts pwned ransom root rules scan secret secrets sponsor subscribe sudo system token
    tokens transfer unlock username verify virus wallet website
"""
_SENSITIVE = frozenset(_SENSITIVE_WORDS.split())
_ACTIONS = (
    "visit|go to|open|click|tap|follow|send|forward|post|upload|share|enter|type|paste|copy|run|execute|install|"
    "download|call|dial|ring|phone|text|message|e-?mail|mail|write to|contact|log ?in|sign ?(?:in|up)|subscribe|"
    "transfer|pay|buy|scan|reveal|tell|confirm|verify|reset|delete|disable|turn off|ignore|forget|disregard|reply"
)
_ORDER = re.compile(
    rf"(?:^|[,;:.!?–—-]\s*|\b(?:and|then|now|please|must|should|have to|need to|can|may|to)\s+)(?:{_ACTIONS})\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:says?|said|reads?|shows?|shown|displays?|displayed|asks?|asked|tells?|invites?|written|according to|"
    r"sign|slide|title|screen|caption|speaker|narrator)\b",
    re.IGNORECASE,
)
_IMPERATIVES = (
    "buy|call|click|close|confirm|copy|delete|disable|disregard|download|enter|erase|execute|forget|format|forward|give|"
    "ignore|install|leave|open|paste|pay|remove|reply|reset|reveal|scan|send|subscribe|tap|transfer|upload|verify|visit"
)
_ADVICE = re.compile(
    rf"(?:^|[.:!?;]\s*|\b(?:please|must|should|have to|need to)\s+)(?P<verb>{_IMPERATIVES})\b", re.IGNORECASE
)
_READER = frozenset(("your", "yours", "yourself", "please"))
_PHONE = re.compile(r"\+?\d[\d\s()./-]{6,}\d")
_RISKY_WORDS = """
    credentials instruction instructions key keys money password passwords pin prompt rules secret secrets token tokens
"""
_RISKY = frozenset(_RISKY_WORDS.split())


def sensitive_words(sentence: str) -> list[str]:
    """Words of security and of instructions to a model: the evidence has to have them, in whatever form."""
    return [word for word in words(sentence) if word in _SENSITIVE]


def addressed_words(sentence: str) -> list[str]:
    """Words that speak to the reader, and what the reader is to do: the evidence has to have them, unless reported."""
    verbs = [match for match in _ADVICE.finditer(sentence) if not _REPORTED.search(sentence[: match.start("verb")])]
    return [*(word for word in words(sentence) if word in _READER), *(match["verb"].lower() for match in verbs)]


def instructs(sentence: str) -> bool:
    """An order that involves an address, a telephone number or a secret, unless it is reported."""
    target = addresses(sentence) or _PHONE.search(sentence) or _RISKY.intersection(words(sentence))
    order = _ORDER.search(sentence)
    return bool(target and order and not _REPORTED.search(sentence[: order.start() + 1]))
