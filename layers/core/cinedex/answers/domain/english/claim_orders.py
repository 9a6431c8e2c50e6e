"""Orders to the reader in an English sentence: which words give them, and whether they are only reported.

An order is found by its place: a verb that begins a sentence, or a clause after an introduction ("To make tea, boil
…") or an address ("Anna, boil …").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from cinedex.kernel.text.tokens import STOP_WORDS, stem

ADDRESS_WORDS_MAX = 2
"""Words before a comma that may name the reader."""

_VERB_WORDS = """
    accept add apply ask attack avoid bake beat begin believe boil bring burn buy call change check choose click close
    come confirm connect consider cook copy cover crush cut delete describe destroy dig disable discard disregard do
    download drain drink drive drop eat empty enable enter erase execute fill find fly follow forget format forward
    freeze give go grab grind hand heat hide hit hold hurt ignore inform insert inspect install join jump keep kill
    launch learn leave lift light listen load lock log look lower make measure melt mix mount move obey open order paste
    pay pick pilot pour press pretend print pull push put quit raise read remember remove repeat replace reply report
    reset restart reveal rinse roll run save say scan select sell send serve set shake share show shut sign sit slice
    smash spend spray spread squeeze start stay steal stir stop strain subscribe swallow swap take taste tell throw
    touch transfer trust turn type unplug unlock upload use verify visit wait wash watch wear wipe write
"""
_VERBS = frozenset(_VERB_WORDS.split())
_HARMFUL_WORDS = """
    buy call confirm delete destroy disable disregard download erase execute forget format forward ignore install kill
    obey pay remove reset reveal scan send subscribe transfer unlock upload verify visit
"""
_HARMFUL = frozenset(map(stem, _HARMFUL_WORDS.split()))
_OBJECT_WORDS = "the a an this that these those it them him her your my our their its everything everyone all"
_OBJECTS = frozenset(_OBJECT_WORDS.split())
_NO_VERB_WORDS = """
    above across afterwards along alongside although amid among around behind below beneath beside besides beyond
    despite even except finally half hence here however inside instead maybe meanwhile near nearby neither never next
    nowadays often opposite outside past per perhaps plus since someone sometimes soon still throughout thus
    today together tomorrow tonight toward towards twice unless unlike upon via whatever whenever whereas wherever
    within yesterday yet though once therefore whether not like let
    monday tuesday wednesday thursday friday saturday sunday
"""
_NO_VERBS = STOP_WORDS | frozenset(_NO_VERB_WORDS.split())
_FINITE_WORDS = "am are be been can could did does had has have is may might must shall should was were will would"
_FINITE = frozenset(_FINITE_WORDS.split())
_INTRODUCTION = re.compile(
    r"(?:after|as|at|before|during|finally|first|for|from|if|in|instead|next|now|on|once|otherwise|please|second|so|"
    r"then|therefore|third|to|unless|until|when|whenever|while|with)\b",
    re.IGNORECASE,
)
_SOFTENERS = (
    r"(?:(?:please|kindly|never|always|just|simply|now|right now|at once|immediately|quickly|today|then|so|first|"
    r"let us|let['’]s|don['’]t|do not|do)[\s,]+)*"
)
_STATEMENT_START = re.compile(r"(?:^|[.:;!?—–\n“\"])[\W\d_]*" + _SOFTENERS, re.IGNORECASE)
_COMMA = re.compile(r",\s*" + _SOFTENERS, re.IGNORECASE)
_CONJUNCTION = re.compile(r"\b(?:and|or|but)\s+" + _SOFTENERS, re.IGNORECASE)
_APPENDED = re.compile(r",\s*(?:and|or|but)\s+" + _SOFTENERS, re.IGNORECASE)
_CONSEQUENCE = re.compile(r"\b(?:so|then)\s+" + _SOFTENERS, re.IGNORECASE)
_OBLIGATION = re.compile(
    r"\byou\s+(?:really\s+)?(?:must|should|have to|need to|ought to|shall|had better)\s+(?:not\s+|never\s+|always\s+)*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_TWO_WORDS = re.compile(r"([^\W\d_]+)(?:['’-]\w+)?\s*([^\W_]*)")
_REPORT = re.compile(
    r"\b(?:says?|said|reads?|asks?|asked|tells?|states?|stated|writes?|written|according to|shows?|displays?)\b",
    re.IGNORECASE,
)
_SOURCES = r"subtitles?|captions?|speaker|narrator|sign|slide|text|title|screen|voice|video|person"
_REPORTING_START = re.compile(
    rf"^(?:the|a|an|one)\s+(?:{_SOURCES})\s+(?:says?|reads?|shows?|tells? (?:us|you)|states?)\s*(?:(?:to|that)\b)?"
    r"[:,]?\s*",
    re.IGNORECASE,
)


def foreign_orders(sentence: str, evidence: str) -> list[str]:
    """Verbs of orders to the reader that the evidence does not give as orders.

    An order that could do harm, such as "delete", has to be reported, whatever the evidence says.
    """
    given = {stem(verb) for _, verb in (*_orders(evidence), *_orders_of_notes(evidence))}
    said = [verb for at, verb in _orders(sentence) if not _REPORT.search(sentence[:at])]
    return [verb for verb in said if stem(verb) not in given - _HARMFUL] + _appended_orders(sentence, evidence)


def _appended_orders(sentence: str, evidence: str) -> list[str]:
    """ "This is a cup, and drink it": a verb of the list after a comma and "and" that the evidence has in no form."""
    known = {stem(match.group().lower()) for match in _WORD.finditer(evidence)}
    orders = [order for match in _APPENDED.finditer(sentence) for order in _order_at(sentence, match.end())]
    return [verb for _, verb in orders if verb in _VERBS and stem(verb) not in known]


def asks(sentence: str) -> bool:
    """A question of the assistant's own: an answer reports the questions of a video."""
    return sentence.rstrip(" ”\"'’)").endswith("?") and not _REPORT.search(sentence)


def without_report(sentence: str) -> str:
    """`Boil it.` of "The slide says: Boil it."; other sentences stay."""
    return _REPORTING_START.sub("", sentence, count=1) or sentence


def _orders(text: str) -> list[tuple[int, str]]:
    """Where an order begins, and its verb."""
    found = [order for match in _STATEMENT_START.finditer(text) for order in _order_at(text, match.end())]
    found += [order for match in _OBLIGATION.finditer(text) for order in _obligation_at(text, match.end())]
    found += [o for m in _CONSEQUENCE.finditer(text) for o in _order_at(text, m.end()) if o[1] in _VERBS]
    for match in _COMMA.finditer(text):
        if found or _introduces(text[: match.start()]):
            found += _order_at(text, match.end())
    if found:
        found += [order for match in _CONJUNCTION.finditer(text) for order in _order_at(text, match.end())]
    return found


def _orders_of_notes(evidence: str) -> Iterator[tuple[int, str]]:
    """Text of a screen has no full stops between its lines: "TEMPERING melt the chocolate cool it to 27 °C"."""
    for line in evidence.splitlines():
        if line.rstrip()[-1:] in (".", "!", "?"):
            continue
        for (_, before), (at, word) in pairwise((m.start(), m.group()) for m in _WORD.finditer(line)):
            if word.islower() and before.lower() not in STOP_WORDS:
                yield from _order_at(line, at)


def _introduces(before: str) -> bool:
    clause = re.split(r"[.:;!?\n]", before)[-1].strip()
    return bool(_INTRODUCTION.match(clause)) or 0 < len(clause.split()) <= ADDRESS_WORDS_MAX


def _obligation_at(text: str, at: int) -> Iterator[tuple[int, str]]:
    word = _WORD.match(text, at)
    if word and word.group().lower() not in STOP_WORDS:
        yield at, word.group().lower()


def _order_at(text: str, at: int) -> Iterator[tuple[int, str]]:
    """A verb that lists have, or a word with an object directly after it, and no verb after it."""
    match = _TWO_WORDS.match(text, at)
    if match is None:
        return
    word, following = match[1].lower(), match[2].lower()
    before = text[:at].rstrip()
    is_start = not _WORD.search(before) or not match[1][0].isupper() or before[-1] in '.:;!?“"'
    is_other = word in _NO_VERBS or word.endswith(("ing", "ed", "ly")) or (word[-1] == "s" and word[-2:] != "ss")
    if is_start and following not in _FINITE and (word in _VERBS or (following in _OBJECTS and not is_other)):
        yield at, word
