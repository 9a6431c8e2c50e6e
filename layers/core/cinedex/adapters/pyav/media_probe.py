"""Probes media in a child process with limits, so that no file can hang, crash or starve its parent."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ValidationError

from cinedex.adapters.pyav.probe_child import BEGUN, MEMORY_EXIT_CODE
from cinedex.kernel.errors import InternalError, MediaError, MediaErrorCode, Unavailable
from cinedex.library.domain.probe import Probe
from cinedex.observability import logger

CHILD = "cinedex.adapters.pyav.probe_child"
STDERR_LENGTH_MAX = 8000
_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGABRT)
"""Signals of a crash inside a decoder."""


@dataclass(frozen=True)
class ProbeLimits:
    """What a file may cost; a sound one takes a fraction of a second of each."""

    wall_s: float = 45.0
    cpu_s: int = 20
    memory_bytes: int = 2 * 1024**3
    pixels_max: int = 8192 * 4608


class PyAvMediaProbe:
    """`MediaProbe`."""

    def __init__(self, limits: ProbeLimits = ProbeLimits()) -> None:
        self._limits = limits

    def probe(self, source: str) -> Probe:
        used_s = _children_cpu_s()
        try:
            ended = self._run_child(source)
        except subprocess.TimeoutExpired as error:
            ended = _Ended(None, _text(error.stdout), _text(error.stderr))
        verdict = _verdict(ended, _children_cpu_s() - used_s, self._limits)
        if isinstance(verdict, Probe):
            return verdict
        if isinstance(verdict, InternalError):
            trace = ended.stderr.replace(source, "<source>")[-STDERR_LENGTH_MAX:]
            logger.error("the probe failed", extra={"exit_code": ended.returncode, "stderr": trace})
        raise verdict

    def _run_child(self, source: str) -> _Ended:
        """The source goes through standard input: a presigned URL is a secret, and arguments are public."""
        limits = self._limits
        order = {
            "source": source,
            "timeout_s": limits.wall_s / 2,
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
            "pixels_max": limits.pixels_max,
        }
        ended = subprocess.run(
            [sys.executable, "-m", CHILD],
            input=json.dumps(order),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            timeout=limits.wall_s,
            check=False,
        )
        return _Ended(ended.returncode, ended.stdout, ended.stderr)


@dataclass(frozen=True)
class _Ended:
    """`returncode` is None for a child that was ended at the limit of its time."""

    returncode: int | None
    stdout: str
    stderr: str

    @property
    def had_begun(self) -> bool:
        """The child's own code was loaded, so that what ended it came from the file."""
        return BEGUN in self.stdout.splitlines()


def _verdict(ended: _Ended, cpu_s: float, limits: ProbeLimits) -> Probe | MediaError | Unavailable:
    """`MediaError` for what the decoder says of the file, a limit explains, or a crash inside the decoder."""
    if not ended.had_begun:
        return InternalError()
    if ended.returncode == 0:
        return _answer(ended.stdout)
    if ended.returncode is None:
        return _too_slow(limits.wall_s)
    if ended.returncode == MEMORY_EXIT_CODE:
        return MediaError("unsupported_media", "Decoding the file takes too much memory.")
    if ended.returncode == -signal.SIGXCPU or (ended.returncode == -signal.SIGKILL and cpu_s >= limits.cpu_s):
        return _too_slow(limits.cpu_s)
    if -ended.returncode in _CRASHES:
        return MediaError("corrupt_media", "The file cannot be read: it breaks the decoder.")
    return InternalError()


def _answer(text: str) -> Probe | MediaError | Unavailable:
    """What the last line of the child's output says."""
    try:
        answer = _Answer.model_validate_json(text.splitlines()[-1])
    except ValidationError as error:
        logger.error("the probe's answer cannot be read", exc_info=error)
        return InternalError()
    if answer.probe is not None:
        return answer.probe
    if answer.code == "unavailable":
        return Unavailable(answer.message)
    return MediaError(answer.code, answer.message) if answer.code else InternalError()


class _Answer(BaseModel):
    probe: Probe | None = None
    code: MediaErrorCode | Literal["unavailable"] | None = None
    message: str = ""


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _text(output: bytes | str | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def _too_slow(seconds: float) -> MediaError:
    return MediaError("probe_timeout", f"The probe of the file took longer than {seconds:.0f} s.")
