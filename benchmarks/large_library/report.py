"""Print medians by the size of the library, and compare their ratios with the bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def report(sizes: Sequence[int], measured: Mapping[str, Sequence[float]], ratio_max: float) -> bool:
    """Prints the table; True if every ratio is within the bar."""
    print(f"{'p50, ms':28}" + "".join(f"{size:>10,}" for size in sizes) + "     ratio")
    for name, times in measured.items():
        print(f"{name:28}" + "".join(f"{one:10.1f}" for one in times) + f"{times[-1] / times[0]:10.2f}")
    return all(times[-1] <= ratio_max * times[0] for times in measured.values())
