"""What an examination of search found, as tables."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from local.evaluation.examination import WAYS, NoMatch, Report

LISTED_MAX = 10


def report_tables(report: Report) -> RenderableType:
    return Group(_quality(report), _kinds(report), _no_match(report.no_match), _latency(report))


def _quality(report: Report) -> Table:
    ranks = sorted(next(iter(report.quality.values())).recall)
    table = _table("ranked by", "nDCG@10", "MRR", *(f"recall@{k}" for k in ranks))
    for way, quality in report.quality.items():
        table.add_row(way, *_told([quality.ndcg_10, quality.mrr, *(quality.recall[k] for k in ranks)]))
    return table


def _kinds(report: Report) -> Table:
    table = _table("nDCG@10 of", *WAYS)
    for kind, ways in report.by_kind.items():
        table.add_row(kind, *_told([ways[way] for way in WAYS]))
    return table


def _no_match(found: NoMatch) -> Text:
    lines = [
        f"“No confident match” at {found.threshold}: precision {found.precision:.3f}, recall {found.recall:.3f}"
        f" ({found.told_rightly} of {found.without_answer} queries without an answer were told so)."
    ]
    for head, queries in (("Wrongly told so", found.wrongly_told), ("Answered all the same", found.missed)):
        if queries:
            more = f", and {len(queries) - LISTED_MAX} more" if len(queries) > LISTED_MAX else ""
            lines.append(f"{head}: {', '.join(queries[:LISTED_MAX])}{more}.")
    return Text("\n".join(lines))


def _latency(report: Report) -> Text:
    told = ", ".join(f"{name} {value:.0f} ms" for name, value in report.latency_ms.items())
    return Text(f"A request took {told}.")


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _told(values: list[float]) -> list[str]:
    return [f"{value:.3f}" for value in values]
