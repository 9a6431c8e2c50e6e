"""Probes media in a child process with limits, so that no file can hang, crash or starve its parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.library.domain.probe import Probe

CHILD = "cinedex.adapters.pyav.probe_child"


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
        try:
            ended = self._run_child(source)
        except subprocess.TimeoutExpired:
            raise _too_slow(self._limits.wall_s) from None
        if ended.returncode == 0:
            return _read_answer(ended.stdout)
        raise _killed(ended.returncode, self._limits)

    def _run_child(self, source: str) -> subprocess.CompletedProcess[str]:
        """The source goes through standard input: a presigned URL is a secret, and arguments are public."""
        limits = self._limits
        order = {
            "source": source,
            "timeout_s": limits.wall_s / 2,
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
            "pixels_max": limits.pixels_max,
        }
        return subprocess.run(
            [sys.executable, "-m", CHILD],
            input=json.dumps(order),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            timeout=limits.wall_s,
            check=False,
        )


def _read_answer(text: str) -> Probe:
    """The last line of the child's output; raises what the child has found."""
    answer = json.loads(text.splitlines()[-1])
    if "probe" in answer:
        return Probe.model_validate(answer["probe"])
    if answer["code"] == "unavailable":
        raise Unavailable(answer["message"])
    raise MediaError(answer["code"], answer["message"])


def _killed(returncode: int, limits: ProbeLimits) -> MediaError:
    """A limit of the kernel, or a crash inside a decoder, ended the child."""
    if -returncode in _CPU_SIGNALS:
        return _too_slow(limits.cpu_s)
    return MediaError("corrupt_media", "The file cannot be read: it breaks the decoder.")


def _too_slow(seconds: float) -> MediaError:
    return MediaError("probe_timeout", f"Looking into the file took longer than {seconds:.0f} s.")


_CPU_SIGNALS = (9, 24)  # SIGXCPU at the soft limit, SIGKILL at the hard one
