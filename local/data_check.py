"""Looks over the data folder before the emulator reads it, and mends what a power loss left half-written."""

from __future__ import annotations

from local.emulator import object_folder, state_folder
from local.errors import StateDamaged
from local.home import Home


def mend_data(home: Home) -> list[str]:
    """What was mended, one sentence each.

    Raises:
        StateDamaged: a file is lost and only a person can decide to go on without it.
    """
    repairs = state_folder.repair(home.state)
    lost = [repair.file for repair in repairs if not repair.mended]
    if lost:
        raise _damaged([str(file) for file in lost])
    return [str(repair) for repair in repairs] + _set_truncated_aside(home)


def _set_truncated_aside(home: Home) -> list[str]:
    quarantine = home.root / "damaged_objects"
    return [
        f"the stored object {path.name} was cut short; it now lies in "
        f"{object_folder.set_aside(path, home.objects, quarantine).parent}"
        for path in object_folder.truncated(home.objects)
    ]


def _damaged(files: list[str]) -> StateDamaged:
    return StateDamaged(
        f"These data files are damaged and have no earlier copy: {', '.join(files)}.",
        mend=f"To go on without what they held, delete them: rm {' '.join(files)}",
    )
