"""Formats the report of an evaluation as tables of at most a hundred columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cinedex_client.evaluation.ranking_variants import SIGNAL_GROUPS, SINGLE_SIGNALS
from cinedex_client.evaluation.report import Gain, NoMatch, Report

LISTED_MAX = 10


def report_tables(report: Report) -> RenderableType:
    return Group(*_separated(report))


def _separated(report: Report) -> Iterator[RenderableType]:
    """An empty line between any two parts."""
    if report.quality:
        yield from (_quality(report), _compared(report), "")
        yield from (_kinds(report, (*SIGNAL_GROUPS, *report.fusions)), "")
        yield from (_single_signals(report), "")
    yield from (_no_match(report.no_match), "", _times(report))
    if report.degraded:
        yield Text(
            f"{report.degraded} replies were degraded: a signal was down and is missing in these figures.", "yellow"
        )


def _quality(report: Report) -> Table:
    ranks = sorted(next(iter(report.quality.values())).recall)
    table = _table("ranked by", "nDCG@10", "MRR", *(f"recall@{k}" for k in ranks), "over signal", "over half")
    for variant in (*SINGLE_SIGNALS, *SIGNAL_GROUPS, *report.fusions):
        quality = report.quality[variant]
        figures = _figures([quality.ndcg_10, quality.mrr, *(quality.recall[k] for k in ranks)])
        table.add_row(variant, *figures, *_gains(report.gains.get(variant)))
        if variant in (SINGLE_SIGNALS[-1], SIGNAL_GROUPS[-1]):
            table.add_row()
    return table


def _gains(gain: Gain | None) -> list[str]:
    gains = (gain.over_signal, gain.over_half) if gain else (None, None)
    return ["" if percent is None else f"{percent:+.1f} %" for percent in gains]


def _compared(report: Report) -> Text:
    queries = next(iter(report.quality.values())).queries
    lines = [
        f"Over {queries} queries with an answer; gains are over {report.best_signal}, the best single signal, and over"
        f" {report.best_half}, the better of words and vectors."
    ]
    for fusion, other in report.compared.items():
        lines.append(
            f"{fusion} against {report.fusions[0]}: {other.better} queries better, {other.worse} worse,"
            f" {other.difference:+.3f} on average (95 %: {other.low:+.3f} to {other.high:+.3f})."
        )
    return Text("\n".join(lines))


def _kinds(report: Report, variants: Sequence[str]) -> Table:
    table = _table("nDCG@10 of", "queries", *variants)
    for kind, figures in report.by_kind.items():
        table.add_row(kind, str(report.kinds[kind]), *_figures([figures[variant] for variant in variants]))
    return table


def _single_signals(report: Report) -> Table:
    table = _table("nDCG@10 of", *SINGLE_SIGNALS)
    for kind, figures in report.by_kind.items():
        table.add_row(kind, *_figures([figures[variant] for variant in SINGLE_SIGNALS]))
    return table


def _no_match(no_match: NoMatch) -> Text:
    lines = [f"“No confident match” at {no_match.threshold}: {_precision_and_recall(no_match)}."]
    for head, queries in (("Incorrectly reported", no_match.incorrect), ("Returned hits instead", no_match.missed)):
        if queries:
            more = f", and {len(queries) - LISTED_MAX} more" if len(queries) > LISTED_MAX else ""
            lines.append(f"{head}: {', '.join(queries[:LISTED_MAX])}{more}.")
    return Text("\n".join(lines))


def _precision_and_recall(no_match: NoMatch) -> str:
    """Without queries, there is no share."""
    precision = f"precision {no_match.precision:.3f}" if no_match.reported else "never reported"
    if not no_match.without_answer:
        return f"{precision}; the set has no query without an answer"
    correct = f"{no_match.correct} of {no_match.without_answer} queries without an answer"
    return f"{precision}, recall {no_match.recall:.3f} ({correct})"


def _times(report: Report) -> Table:
    """The stages as the deployment measures them, and a whole request as the client measures it."""
    table = _table("ms", "p50", "p95")
    for stage, durations in (*report.stages_ms.items(), ("whole request", report.latency_ms)):
        table.add_row(stage, f"{durations['p50']:.1f}", f"{durations['p95']:.1f}")
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _figures(values: Sequence[float]) -> list[str]:
    return [f"{value:.3f}" for value in values]
