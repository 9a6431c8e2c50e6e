"""`cinedex drop`: brings a folder into the drop folder of a deployment, and starts backfills."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cinedex_client import Client, ClientError
from cinedex_client.cli.display.console import print_error, stderr
from cinedex_client.cli.display.upload_bar import upload_bar
from cinedex_client.cli.remote import JsonOption, KeyOption, UrlOption, deployment
from cinedex_client.cli.upload import RESUME_FOLDER
from cinedex_client.drop import DropSync, SentFiles, files_below, record_file
from cinedex_client.drop_watch import changes, settled
from cinedex_client.upload_records import UploadRecords

RECORDS = Path(typer.get_app_dir("cinedex")) / "drops"
POLL_S = 1.0


def drop(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to send; with nothing, the status.")
    ] = None,
    collection: Annotated[
        str | None, typer.Option(metavar="NAME", help="Video group of the files. Default: the name of DIR.")
    ] = None,
    watch: Annotated[bool, typer.Option(help="Stay, and send files as they appear. Ctrl-C ends it.")] = False,
    backfill: Annotated[
        str | None,
        typer.Option(metavar="s3://BUCKET/PREFIX", help="Receive files that are in a bucket already, in place."),
    ] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Send the files of a folder that are new or changed; each becomes a video. Safe to interrupt and to repeat."""
    if folder is not None and backfill is not None:
        raise typer.BadParameter("Give a folder or --backfill, not both.")
    if folder is not None and not folder.is_dir():
        raise typer.BadParameter(f"{folder} is no folder.")
    with deployment(url, key) as library:
        if backfill is not None:
            result = _backfill(library, backfill, collection)
        elif folder is not None:
            result = _sync(library, folder, collection or folder.resolve().name, watch)
        else:
            result = library.drop.status()
    if as_json or folder is None:
        sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    if result.get("failed") or result.get("error"):
        raise typer.Exit(ClientError.exit_code)


def _sync(library: Client, folder: Path, group: str, watch: bool) -> dict[str, Any]:
    sync = DropSync(
        library.drop.connection,
        folder,
        group,
        SentFiles(record_file(RECORDS, library.drop.connection.url, folder, group)),
        UploadRecords(RESUME_FOLDER),
    )
    result: dict[str, Any] = {"uploaded": sync.uploaded, "unchanged": 0, "failed": []}
    for path in files_below(folder):
        if watch:
            break
        _send(sync, path, result)
    if watch:
        _follow(sync, folder, result)
    sent, unchanged, failed = len(sync.uploaded), result["unchanged"], len(result["failed"])
    stderr().print(f"  {sent} sent, {unchanged} unchanged, {failed} failed")
    return result


def _follow(sync: DropSync, folder: Path, result: dict[str, Any]) -> None:
    stderr().print(f"  Watching {folder}. Ctrl-C ends it.")
    try:
        for path in _ready(sync, folder):
            _send(sync, path, result)
    except KeyboardInterrupt:
        return


def _ready(sync: DropSync, folder: Path) -> Iterator[Path]:
    return settled(folder, sync.is_due, changes(folder))


def _send(sync: DropSync, path: Path, result: dict[str, Any]) -> None:
    """A file that fails does not hold up the others; a deployment that does not answer ends the command."""
    if not sync.is_due(path):
        result["unchanged"] += 1
        return
    try:
        with upload_bar(stderr(), path) as on_progress:
            is_new = sync.send(path, on_progress)
    except (ClientError, OSError) as error:
        if isinstance(error, ClientError) and error.exit_code not in (1, 2):
            raise
        print_error(f"{path}: {getattr(error, 'message', error)}")
        result["failed"].append(str(path))
    else:
        result["unchanged"] += not is_new


def _backfill(library: Client, source: str, collection: str | None) -> dict[str, Any]:
    """Waits for the end of the job, which does not need this command."""
    job = library.drop.start_backfill(source, collection)
    while job["status"] == "running":
        stderr().print(f"  {job['listed']} objects listed, {job['queued']} queued")
        time.sleep(POLL_S)
        job = library.drop.backfill(job["job_id"])
    return job
