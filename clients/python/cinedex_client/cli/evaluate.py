"""`cinedex eval`: how good a deployment is at what it does, measured with labelled sets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cinedex_client.cli.display.console import print_json, stderr, stdout
from cinedex_client.cli.display.evaluation import report_tables
from cinedex_client.cli.remote import EXIT_CODES, JsonOption, KeyOption, UrlOption, deployment
from cinedex_client.evaluation.dataset import videos_of
from cinedex_client.evaluation.evaluator import Examination
from cinedex_client.evaluation.labelled_set import read_set
from cinedex_client.evaluation.ranking_variants import FUSIONS, FusionName

app = typer.Typer(help="Measure how good the answers of a deployment are.", no_args_is_help=True)


class ThresholdName(StrEnum):
    """How sure a search must be to find something."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


@app.command(epilog=EXIT_CODES)
def search(
    labelled: Annotated[Path, typer.Argument(metavar="SET.jsonl", help="Queries and what answers them (docs/06).")],
    media: Annotated[
        list[Path] | None,
        typer.Option(
            "--media",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Upload and analyse from here what the library lacks.",
        ),
    ] = None,
    fusion: Annotated[
        list[FusionName] | None, typer.Option("--fusion", help="Only this one; may be given again. All by default.")
    ] = None,
    threshold: Annotated[
        ThresholdName, typer.Option(help="At which “no confident match” is judged.")
    ] = ThresholdName.MEDIUM,
    rerank: Annotated[bool, typer.Option("--rerank", help="Look closer at the best moments.")] = False,
    whole_library: Annotated[
        bool, typer.Option("--whole-library", help="Search all videos, not only those of the set.")
    ] = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Measure search: recall@k, nDCG@10, MRR, “no confident match” and times, per signal and fused."""
    asked = read_set(labelled)
    with deployment(url, key) as library:
        names = videos_of(library, asked, media or (), stderr().print)
        with Progress(console=stderr(), transient=True) as bar:
            task = bar.add_task("Asking", total=len(asked.queries))
            examine = Examination(library, names, fusion or FUSIONS, threshold, rerank, whole_library)
            report = examine(asked, lambda: bar.advance(task))
    if as_json:
        print_json(report)
    else:
        stdout().print(report_tables(report))
