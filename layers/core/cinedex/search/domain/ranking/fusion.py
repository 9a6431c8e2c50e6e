"""From the hits of every signal to one ranked list of segments, independent of the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cinedex.search.domain.index.segment_document import SignalHits
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import Candidate, ScoredSegment
from cinedex.search.domain.ranking.rank_fusion import RANK_SCORES, Fusion, SignalGroup, SignalList
from cinedex.search.domain.ranking.scoring import Scorer
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, LIST_WEIGHTS, Signal, SignalModalities
from cinedex.timeline.modality import Modality


def fuse(
    query: Query,
    hits: SignalHits,
    modalities: Sequence[Modality],
    signals: Collection[Signal] = ALL_SIGNALS,
    fusion: Fusion = Fusion.CALIBRATED,
) -> list[ScoredSegment]:
    """All candidates of `signals`, best first, without those that lack a phrase in quotation marks.

    A single signal ranks by its own measure, which is also the score: the coverage of the query's words, or the best
    cosine. That score is not calibrated.
    """
    evidence = SignalModalities.of(signals)
    proposed = list(_candidates(hits, modalities, evidence))
    candidates = [c for c in proposed if all(map(c.contains, query.phrases))]
    query = query.in_languages(code for c in candidates for code in c.document.all_languages)
    scorer = Scorer(query, evidence, candidates, _lowest_cosine(proposed))
    scored = [s for s in map(scorer.score, candidates) if s.cosines or s.coverage or evidence.words >= set(modalities)]
    if len(signals) == 1:
        return sorted(map(_with_own_measure, scored), key=_sort_key)
    return rank(scored, fusion)


def rank(scored: Iterable[ScoredSegment], fusion: Fusion) -> list[ScoredSegment]:
    """Best first, in the order that `fusion` computes from all of them."""
    segments = list(scored)
    if fusion in RANK_SCORES:
        rank_scores = RANK_SCORES[fusion](_signal_groups(segments))
        segments = [s.model_copy(update={"rank_score": rank_scores.get(s.document.document_id, 0.0)}) for s in segments]
    return sorted(segments, key=_sort_key)


def best_score(scored: Iterable[ScoredSegment]) -> float:
    """Not always the score of the first, because the order may be by `rank_score`. 0 for an empty list."""
    return max((s.score for s in scored), default=0.0)


def merge_best_scores(one: Sequence[ScoredSegment], other: Sequence[ScoredSegment]) -> list[ScoredSegment]:
    """Every segment of either list with the better of its scores; not sorted."""
    best = {segment.document.document_id: segment for segment in one}
    for segment in other:
        current = best.get(segment.document.document_id)
        if current is None or segment.score > current.score:
            best[segment.document.document_id] = segment
    return list(best.values())


def _sort_key(segment: ScoredSegment) -> tuple[float, float, str, int]:
    return segment.sort_key


def _candidates(hits: SignalHits, modalities: Sequence[Modality], evidence: SignalModalities) -> Iterator[Candidate]:
    cosines = {
        hit.document.document_id: {m: c for m, c in hit.cosines.items() if m in evidence.vectors}
        for hit in hits.vectors
    }
    by_words = (hit.document for hit in hits.words if evidence.words)
    by_vectors = (hit.document for hit in hits.vectors if cosines[hit.document.document_id])
    for document_id, document in {d.document_id: d for d in (*by_words, *by_vectors)}.items():
        texts = {m: text for m, text in document.texts.items() if m in modalities}
        visible = document.model_copy(update={"texts": texts})
        yield Candidate(document=visible, cosines=cosines.get(document_id, {}))


def _lowest_cosine(candidates: Iterable[Candidate]) -> float | None:
    """No document outside the nearest neighbours can be closer. None when no vectors were compared."""
    return min((max(c.cosines.values()) for c in candidates if c.cosines), default=None)


def _with_own_measure(segment: ScoredSegment) -> ScoredSegment:
    """A single signal is either words or vectors, so only one of the two measures is set."""
    value = segment.cosine if segment.cosines else segment.coverage
    return segment.model_copy(update={"score": round(min(1.0, max(0.0, value)), 4), "rank_score": round(value, 4)})


def _signal_groups(scored: Sequence[ScoredSegment]) -> tuple[SignalGroup, SignalGroup]:
    """The lists of words and the lists of vectors."""
    words = {s.document.document_id: s.coverages for s in scored}
    vectors = {s.document.document_id: s.cosines for s in scored}
    return (
        [_signal_list(words, m, weight) for signal, weight in LIST_WEIGHTS.items() for m in signal.words_of],
        [_signal_list(vectors, m, weight) for signal, weight in LIST_WEIGHTS.items() for m in signal.vectors_of],
    )


def _signal_list(measures: Mapping[str, Mapping[Modality, float]], modality: Modality, weight: float) -> SignalList:
    """The segments for which the signal has a measure."""
    return SignalList(weight, {i: values[modality] for i, values in measures.items() if modality in values})
