"""What an examination of search found, as tables of at most a hundred columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cinedex_client.evaluation.ranking_variants import HALVES, SINGLE
from cinedex_client.evaluation.report import Gain, NoMatch, Report

LISTED_MAX = 10


def report_tables(report: Report) -> RenderableType:
    return Group(*_separated(report))


def _separated(report: Report) -> Iterator[RenderableType]:
    """An empty line between any two."""
    if report.quality:
        yield from (_quality(report), _compared(report), "")
        yield from (_kinds(report, (*HALVES, *report.fusions)), "")
        yield from (_single_signals(report), "")
    yield from (_no_match(report.no_match), "", _times(report))
    if report.degraded:
        yield Text(f"{report.degraded} replies were degraded: a signal was down, and these figures lack it.", "yellow")


def _quality(report: Report) -> Table:
    ranks = sorted(next(iter(report.quality.values())).recall)
    table = _table("ranked by", "nDCG@10", "MRR", *(f"recall@{k}" for k in ranks), "over signal", "over half")
    for way in (*SINGLE, *HALVES, *report.fusions):
        quality = report.quality[way]
        figures = _told([quality.ndcg_10, quality.mrr, *(quality.recall[k] for k in ranks)])
        table.add_row(way, *figures, *_gains(report.gains.get(way)))
        if way in (SINGLE[-1], HALVES[-1]):
            table.add_row()
    return table


def _gains(gain: Gain | None) -> list[str]:
    told = (gain.over_signal, gain.over_half) if gain else (None, None)
    return ["" if percent is None else f"{percent:+.1f} %" for percent in told]


def _compared(report: Report) -> Text:
    queries = next(iter(report.quality.values())).queries
    lines = [
        f"Over {queries} queries with an answer; gains are over {report.best_signal}, the best single signal, and over"
        f" {report.best_half}, the better of the two halves."
    ]
    for fusion, other in report.compared.items():
        lines.append(
            f"{fusion} against {report.fusions[0]}: {other.better} queries better, {other.worse} worse,"
            f" {other.difference:+.3f} on average (95 %: {other.low:+.3f} to {other.high:+.3f})."
        )
    return Text("\n".join(lines))


def _kinds(report: Report, ways: Sequence[str]) -> Table:
    table = _table("nDCG@10 of", "queries", *ways)
    for kind, figures in report.by_kind.items():
        table.add_row(kind, str(report.kinds[kind]), *_told([figures[way] for way in ways]))
    return table


def _single_signals(report: Report) -> Table:
    table = _table("nDCG@10 of", *SINGLE)
    for kind, figures in report.by_kind.items():
        table.add_row(kind, *_told([figures[way] for way in SINGLE]))
    return table


def _no_match(found: NoMatch) -> Text:
    lines = [f"“No confident match” at {found.threshold}: {_trust(found)}."]
    for head, queries in (("Wrongly told so", found.wrongly_told), ("Answered all the same", found.missed)):
        if queries:
            more = f", and {len(queries) - LISTED_MAX} more" if len(queries) > LISTED_MAX else ""
            lines.append(f"{head}: {', '.join(queries[:LISTED_MAX])}{more}.")
    return Text("\n".join(lines))


def _trust(found: NoMatch) -> str:
    """A share of nothing is no figure."""
    precision = f"precision {found.precision:.3f}" if found.told else "none were told so"
    if not found.without_answer:
        return f"{precision}; the set has no query without an answer"
    rightly = f"{found.told_rightly} of {found.without_answer} queries without an answer were told so"
    return f"{precision}, recall {found.recall:.3f} ({rightly})"


def _times(report: Report) -> Table:
    """What the deployment says of its stages, and what a whole request took here."""
    table = _table("ms", "p50", "p95")
    for stage, taken in (*report.stages_ms.items(), ("whole request", report.latency_ms)):
        table.add_row(stage, f"{taken['p50']:.1f}", f"{taken['p95']:.1f}")
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _told(values: Sequence[float]) -> list[str]:
    return [f"{value:.3f}" for value in values]
