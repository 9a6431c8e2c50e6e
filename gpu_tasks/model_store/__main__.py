"""`python -m gpu_tasks.model_store`: list, pull and verify models, and list their licences.

In an installation with the local stack, the same as `cinedex models`.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from gpu_tasks.engines.catalog import check_weights
from gpu_tasks.model_store.installed import ModelRow, how_to_install, model_rows
from gpu_tasks.model_store.licences import accepted_licence, is_permissive
from gpu_tasks.model_store.manifest import PullFailed
from gpu_tasks.model_store.pull import Pull
from gpu_tasks.model_store.requests import PullRequest, resolve
from gpu_tasks.model_store.transfer_progress import TransferProgress
from gpu_tasks.settings import ModelSettings
from gpu_tasks.task_errors import EngineUnavailable

LICENCE_UNKNOWN = "not stated"


def main() -> int:
    arguments = _parser().parse_args()
    try:
        code: int = arguments.run(arguments, _root())
    except (PullFailed, EngineUnavailable) as failure:
        sys.stderr.write(f"Error: {failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. Run the command again to continue.\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _root() -> Path:
    root = ModelSettings().model_weights_dir
    if root is None:
        raise PullFailed("Set MODEL_WEIGHTS_DIR to the folder of the models.")
    return root


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m gpu_tasks.model_store", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run in (("list", _list), ("verify", _verify), ("licences", _licences)):
        command = commands.add_parser(name)
        command.add_argument("--json", action="store_true")
        command.set_defaults(run=run)
    pull = commands.add_parser("pull")
    pull.add_argument("name")
    pull.add_argument("--from", dest="origin")
    pull.add_argument("--revision")
    pull.add_argument("--as", dest="folder")
    pull.add_argument("--accept-licence", action="append", default=[])
    pull.set_defaults(run=_pull)
    return parser


def _list(arguments: Namespace, root: Path) -> int:
    rows = model_rows(root)
    if arguments.json:
        _print_json(rows)
        return 0
    for row in rows:
        state = "selected" if row.selected else "installed" if row.installed else "not installed"
        licence = row.licence or LICENCE_UNKNOWN
        _write(f"{row.name:<26} {row.role or '-':<13} {row.size_bytes / 1e6:7.1f} MB  {licence:<11} {state}")
    _write(f"Folder: {root}")
    return 0


def _pull(arguments: Namespace, root: Path) -> int:
    request = PullRequest(arguments.name, arguments.origin, arguments.revision, arguments.folder)
    manifest, source = resolve(request, root)
    licence = accepted_licence(manifest, tuple(arguments.accept_licence))
    revision = f", revision {manifest.revision}" if manifest.revision else ""
    _write(f"{manifest.name}: {manifest.source}{revision}, licence {licence}, {manifest.size_bytes / 1e6:.1f} MB")
    folder = Pull(source, root, TransferProgress(sys.stderr))(manifest, licence)
    _write(f"Installed in {folder}, every file with its pinned hash.")
    return 0


def _verify(arguments: Namespace, root: Path) -> int:
    """Also the weights that are part of the installation."""
    rows = [row for row in model_rows(root, verify=True) if row.installed]
    problems = {row.name: row.problem for row in rows} | {check.name: check.problem for check in check_weights()}
    missing = [row.name for row in model_rows(root) if row.selected and not row.installed]
    problems |= {name: f"It is selected and not installed. {how_to_install(name)}" for name in missing}
    if arguments.json:
        _write(json.dumps(problems))
    else:
        for name, problem in problems.items():
            _write(f"{name}: {problem or 'as pinned'}")
    return 1 if any(problems.values()) else 0


def _licences(arguments: Namespace, root: Path) -> int:
    built_in = [(check.name, check.licence, check.origin) for check in check_weights()]
    models = [(row.name, row.licence or LICENCE_UNKNOWN, row.source or "") for row in model_rows(root)]
    rows = [*built_in, *models]
    if arguments.json:
        _write(json.dumps([{"name": name, "licence": licence, "origin": origin} for name, licence, origin in rows]))
        return 0
    for name, licence, origin in rows:
        remark = "" if is_permissive(licence) else "  (limits its use)"
        _write(f"{name:<26} {licence:<12} {origin}{remark}")
    return 0


def _print_json(rows: list[ModelRow]) -> None:
    _write(json.dumps([row.model_dump() for row in rows]))


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
