"""The child process of the media probe: limits itself, looks into one file, prints one line of JSON."""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from cinedex.kernel.errors import MediaError, Unavailable


def main() -> int:
    order = json.load(sys.stdin)
    _limit("RLIMIT_CPU", order["cpu_s"], order["cpu_s"] + 2)
    _limit("RLIMIT_AS", order["memory_bytes"], order["memory_bytes"])
    _limit("RLIMIT_CORE", 0, 0)
    sys.stdout.write(json.dumps(_look(order)) + "\n")
    return 0


def _limit(name: str, soft: int, hard: int) -> None:
    kind = getattr(resource, name)
    _, ceiling = resource.getrlimit(kind)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def _look(order: dict[str, Any]) -> dict[str, Any]:
    from cinedex.adapters.pyav.inspection import inspect

    try:
        probe = inspect(order["source"], order["timeout_s"], order["pixels_max"])
    except MediaError as error:
        return {"code": error.code, "message": error.message}
    except Unavailable as error:
        return {"code": "unavailable", "message": error.message}
    except MemoryError:
        return {"code": "unsupported_media", "message": "Decoding the file takes too much memory."}
    return {"probe": probe.model_dump(mode="json")}


if __name__ == "__main__":
    sys.exit(main())
