"""Checks a shell snippet without running it: its syntax, and the commands and options of its programs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SEPARATORS = re.compile(r"^\s*#.*$|\s#\s.*$|[;|&]{1,2}|\$\(|\)", re.MULTILINE)
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*")
OUR_PROGRAMS = {"cinedex": ".venv/bin/cinedex", ".venv-sam/bin/sam": ".venv-sam/bin/sam"}
SUBCOMMANDS = re.compile(r"^(?:│\s+| {2,})([a-z][a-z-]+)\b", re.MULTILINE)
OPTIONS = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


def faults(snippet: str) -> list[str]:
    """One sentence per error of the snippet."""
    checked = subprocess.run(["sh", "-n"], input=snippet, capture_output=True, text=True, check=False)
    syntax = [f"It is not shell: {checked.stderr.strip()}"] if checked.returncode else []
    return syntax + [fault for command in _commands(snippet) for fault in _faults_of(command)]


def _commands(snippet: str) -> Iterator[list[str]]:
    """Simple commands, without the assignments before them; pieces with an unfinished quotation are skipped."""
    for piece in SEPARATORS.sub("\n", snippet.replace("\\\n", " ")).splitlines():
        try:
            words = shlex.split(piece)
        except ValueError:
            continue
        while words and ASSIGNMENT.fullmatch(words[0]):
            words.pop(0)
        if words:
            yield words


def _faults_of(command: list[str]) -> Iterator[str]:
    program, *arguments = command
    if program == "make":
        targets = (name for name in arguments if "=" not in name)
        yield from (f"make has no target {name}" for name in targets if name not in _make_targets())
    elif program in OUR_PROGRAMS and (REPOSITORY / OUR_PROGRAMS[program]).exists():
        yield from _unknown_options(program, arguments)


def _unknown_options(program: str, arguments: list[str]) -> Iterator[str]:
    subcommand = _subcommand(program, arguments)
    if arguments and not subcommand and not arguments[0].startswith("-"):
        yield f"{program} has no command {arguments[0]}"
        return
    known = set(OPTIONS.findall(_help(program, *subcommand)))
    options = (word.split("=")[0] for word in arguments if word.startswith("-"))
    yield from (f"{' '.join([program, *subcommand])} has no option {o}" for o in options if o not in known)


def _subcommand(program: str, arguments: list[str]) -> tuple[str, ...]:
    path: tuple[str, ...] = ()
    for word in arguments:
        if word not in SUBCOMMANDS.findall(_help(program, *path)):
            break
        path = (*path, word)
    return path


@cache
def _help(program: str, *subcommand: str) -> str:
    command = [str(REPOSITORY / OUR_PROGRAMS[program]), *subcommand, "--help"]
    return subprocess.run(command, env=_wide_environment(), capture_output=True, text=True, check=True).stdout


def _wide_environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1", "SAM_CLI_TELEMETRY": "0"}


@cache
def _make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
