"""The child process of the media probe: limits itself, inspects one file, prints one line of JSON.

It prints `BEGUN` once its own code is loaded and its limits are set: what ends the process before is no fault of the
file. An exception that is no answer ends it with a traceback on standard error.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.library.domain.probe import Probe

BEGUN = "begun"
MEMORY_EXIT_CODE = 71
MEMORY_SHARE = 0.8
"""A process whose peak is below this share of its limit has not run out of memory."""

Inspect = Callable[[str, float, int], Probe]


def main() -> int:
    order = json.load(sys.stdin)
    from av import FFmpegError

    from cinedex.adapters.pyav.inspection import inspect

    _limit("RLIMIT_CPU", order["cpu_s"], order["cpu_s"] + 2)
    _limit("RLIMIT_AS", order["memory_bytes"], order["memory_bytes"])
    _limit("RLIMIT_CORE", 0, 0)
    _say(BEGUN)
    try:
        _say(json.dumps(_look(inspect, order)))
    except MemoryError as error:
        if isinstance(error, FFmpegError) or _memory_is_used_up():
            return MEMORY_EXIT_CODE
        raise
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _limit(name: str, soft: int, hard: int) -> None:
    kind = getattr(resource, name)
    _, ceiling = resource.getrlimit(kind)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def _memory_is_used_up() -> bool:
    """Below the limit of the address space, a `MemoryError` is a fault of our code and not of the file."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except MemoryError:
        return True
    peak_kib = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmPeak:")), 0)
    return limit != resource.RLIM_INFINITY and peak_kib * 1024 >= MEMORY_SHARE * limit


def _look(inspect: Inspect, order: dict[str, Any]) -> dict[str, Any]:
    try:
        probe = inspect(order["source"], order["timeout_s"], order["pixels_max"])
    except MediaError as error:
        return {"code": error.code, "message": error.message}
    except Unavailable as error:
        return {"code": "unavailable", "message": error.message}
    return {"probe": probe.model_dump(mode="json")}


if __name__ == "__main__":
    sys.exit(main())
