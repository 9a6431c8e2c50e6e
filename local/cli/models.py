"""`cinedex models`: installs models that are not part of the installation, and checks them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from local.settings import PYTHONPATH, LocalSettings

app = typer.Typer(
    help="The models of this machine: list, pull, verify, and their licences.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the models of the catalog and your own: role, size, licence, and whether they are installed.

    **Exit codes**: 0 listed.
    """
    _run("list", *_json(as_json))


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="A model of the catalog, or OWNER/NAME of a hub, or a name of your own.")],
    origin: Annotated[
        str | None,
        typer.Option("--from", metavar="SOURCE", help="A folder or s3://bucket/prefix. Default: the hub."),
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="The commit of a model that is not in the catalog.", metavar="COMMIT")
    ] = None,
    folder: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="The name under which a setting selects your own model.")
    ] = None,
    accept_licence: Annotated[
        list[str] | None, typer.Option(help="A licence that limits the use of the model.", metavar="ID")
    ] = None,
) -> None:
    """Install a model, every file compared with its pinned sha256. An interrupted pull continues where it stopped.

    **Examples**

    - `cinedex models pull faster-whisper-base`
    - `cinedex models pull faster-whisper-base --from /media/usb/faster-whisper-base`
    - `cinedex models pull faster-whisper-small --from s3://weights/faster-whisper-small`
    - `cinedex models pull someone/whisper-ct2 --revision 0123abc --as my-whisper`

    **Exit codes**: 0 installed, 1 failed, 130 interrupted.
    """
    options = {"--from": origin, "--revision": revision, "--as": folder}
    arguments = [part for option, value in options.items() if value is not None for part in (option, value)]
    accepted = [part for licence in accept_licence or () for part in ("--accept-licence", licence)]
    _run("pull", *arguments, *accepted, "--", name)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Compare every installed weight with its pinned sha256.

    **Exit codes**: 0 all as pinned, 1 a file is missing, new or changed.
    """
    _run("verify", *_json(as_json))


@app.command()
def licences(as_json: AsJson = False) -> None:
    """List the licence and the origin of every weight.

    **Exit codes**: 0 listed.
    """
    _run("licences", *_json(as_json))


def _json(as_json: bool) -> list[str]:
    return ["--json"] if as_json else []


def _run(*arguments: str) -> None:
    """In a process of its own: this program never imports the packages of the worker."""
    from local.emulator.launch import models
    from local.home import Home

    environment = os.environ | models(Home(LocalSettings().home)) | {"PYTHONPATH": PYTHONPATH}
    command = [sys.executable, "-m", "gpu_tasks.model_store", *arguments]
    with subprocess.Popen(command, env=environment) as process:
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:
                continue  # the process gets the signal as well, and ends
    if code:
        raise typer.Exit(code)
