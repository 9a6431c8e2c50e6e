"""`cinedex eval`: measures the quality of a deployment with labelled sets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cinedex_client.cli.display.console import print_json, stderr, stdout
from cinedex_client.cli.display.evaluation import report_tables
from cinedex_client.cli.remote import EXIT_CODES, JsonOption, KeyOption, UrlOption, deployment
from cinedex_client.evaluation.dataset import resolve_videos
from cinedex_client.evaluation.evaluator import Evaluator
from cinedex_client.evaluation.labelled_set import read_set
from cinedex_client.evaluation.ranking_variants import FusionName

app = typer.Typer(help="Measure the quality of a deployment.", no_args_is_help=True)


class ThresholdName(StrEnum):
    """The confidence a hit must have to be returned."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


LabelledArgument = Annotated[
    Path,
    typer.Argument(
        metavar="SET.jsonl",
        help="Queries and the video spans that answer them. The file docs/06-search-and-answers.md in the repository of"
        " Cinedex describes the format.",
    ),
]
MediaOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--media",
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="Folder with videos of the set; those missing in the library are uploaded and analysed. Repeatable.",
    ),
]
FusionOption = Annotated[
    list[FusionName] | None, typer.Option("--fusion", help="Evaluate only this fusion; repeatable. Default: all.")
]
ThresholdOption = Annotated[ThresholdName, typer.Option(help="Threshold at which “no confident match” is evaluated.")]
RerankOption = Annotated[bool, typer.Option("--rerank", help="Rerank the best moments.")]
WholeLibraryOption = Annotated[
    bool, typer.Option("--whole-library", help="Search all videos, not only the videos of the set.")
]


@app.command(epilog=EXIT_CODES)
def search(
    labelled: LabelledArgument,
    media: MediaOption = None,
    fusion: FusionOption = None,
    threshold: ThresholdOption = ThresholdName.MEDIUM,
    rerank: RerankOption = False,
    whole_library: WholeLibraryOption = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Measure search: recall@k, nDCG@10, MRR, “no confident match” and latency, for each signal and each fusion."""
    labelled_set = read_set(labelled)
    with deployment(url, key) as library:
        names = resolve_videos(library, labelled_set, media or (), stderr().print)
        with Progress(console=stderr(), transient=True) as bar:
            task = bar.add_task("Searching", total=len(labelled_set.queries))
            evaluator = Evaluator(library, names, fusion or tuple(FusionName), threshold, rerank, whole_library)
            report = evaluator.evaluate(labelled_set, lambda: bar.advance(task))
    if as_json:
        print_json(report)
    else:
        stdout().print(report_tables(report))
