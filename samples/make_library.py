"""Makes the clips of `search/clips` from `search/screenplays`, each with its truth table.

Run like `make_demo.py`; with names, only those are made:

    .venv-sample/bin/python -m samples.make_library
    .venv-sample/bin/python -m samples.make_library apollo_11 telescopes
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from samples.format import SMALL
from samples.narrator import Narrator
from samples.recording import record
from samples.script_files import SCREENPLAYS, read_screenplay
from samples.shots import takes
from samples.truth import truth, write_table

CLIPS = Path(__file__).parent / "search" / "clips"


def main(names: Sequence[str]) -> None:
    for name in names or sorted(path.stem for path in SCREENPLAYS.glob("*.toml")):
        _make(name)


def _make(name: str) -> None:
    """With a narrator of its own, whose noise begins with the seed again."""
    scenes = read_screenplay(SCREENPLAYS / f"{name}.toml").scenes
    clip = list(takes(scenes, Narrator(), SMALL))
    record(clip, CLIPS / f"{name}.mp4", SMALL)
    write_table(truth(clip, SMALL), CLIPS / f"{name}.truth.json")


if __name__ == "__main__":
    main(sys.argv[1:])
