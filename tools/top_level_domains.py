"""Write IANA's list of top-level domains, which Hypothesis ships, as a module: `python -m tools.top_level_domains`."""

from __future__ import annotations

import textwrap
from importlib.resources import files
from pathlib import Path

MODULE = Path(__file__).parents[1] / "layers/core/cinedex/kernel/text/top_level_domains.py"
_LINE_CHARS_MAX = 112
_WIDE_CHARS_MAX = 45
"""Of domains in scripts with wide letters."""


def source() -> str:
    """The text of the module: each domain in ASCII, and those of other scripts also as they are read."""
    head, *listed = files("hypothesis.vendor").joinpath("tlds-alpha-by-domain.txt").read_text("ascii").split("\n")
    domains = [name.lower() for name in listed if name]
    read = [name.encode().decode("idna") for name in domains if name.startswith("xn--")]
    lines = [*_lines(domains, _LINE_CHARS_MAX), *_lines(read, _WIDE_CHARS_MAX)]
    version = head.split(",")[0].removeprefix("# Version ")
    return "\n".join(
        [
            '"""The top-level domains of IANA, written by `tools/top_level_domains.py`."""',
            "",
            "from __future__ import annotations",
            "",
            f'VERSION = "{version}"',
            '_DOMAINS = """',
            *(f"    {line}" for line in lines),
            '"""',
            "TOP_LEVEL_DOMAINS = frozenset(_DOMAINS.split())",
            "",
        ]
    )


def _lines(domains: list[str], chars_max: int) -> list[str]:
    return textwrap.wrap(" ".join(domains), chars_max, break_on_hyphens=False)


if __name__ == "__main__":
    MODULE.write_text(source(), encoding="utf-8")
