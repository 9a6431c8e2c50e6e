"""Checks the data folder before the emulator reads it, and repairs files that a power loss truncated."""

from __future__ import annotations

from local.emulator import object_folder, state_folder
from local.emulator.durability.journal import FOLDER
from local.emulator.durability.recovery import recover_objects
from local.errors import StateDamaged
from local.home import Home


def repair_data(home: Home) -> list[str]:
    """What was repaired, one sentence per file.

    Raises:
        StateDamaged: a file is lost; only the user can decide to continue without its content.
    """
    recover_objects(home.objects, home.state / FOLDER)
    repairs = state_folder.repair_all(home.state)
    lost = [repair.file for repair in repairs if not repair.repaired]
    if lost:
        raise _damaged([str(file) for file in lost])
    return [str(repair) for repair in repairs] + _quarantine_truncated(home)


def _quarantine_truncated(home: Home) -> list[str]:
    quarantine = home.root / "damaged_objects"
    return [
        f"the stored object {path.name} was truncated and is now in "
        f"{object_folder.move_to_quarantine(path, home.objects, quarantine).parent}"
        for path in object_folder.truncated(home.objects)
    ]


def _damaged(files: list[str]) -> StateDamaged:
    return StateDamaged(
        f"These data files are damaged and have no earlier copy: {', '.join(files)}.",
        hint=f"To continue without their content, delete them: rm {' '.join(files)}",
    )
