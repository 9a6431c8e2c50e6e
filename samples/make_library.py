"""Renders the clips of `search/clips` and their truth tables from the scripts in `search/scripts`.

Run it like `make_demo.py`. With names, it renders those clips only:

    .venv-sample/bin/python -m samples.make_library
    .venv-sample/bin/python -m samples.make_library apollo_11 telescopes
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from samples.format import SMALL
from samples.narrator import Narrator
from samples.recording import record
from samples.script_files import SCRIPTS, read_script
from samples.shots import schedule
from samples.truth import truth, write_table

CLIPS = Path(__file__).parent / "search" / "clips"


def main(names: Sequence[str]) -> None:
    for name in names or sorted(path.stem for path in SCRIPTS.glob("*.toml")):
        _render(name)


def _render(name: str) -> None:
    """A new narrator resets the random seed, so that a clip does not depend on the clips before it."""
    scenes = read_script(SCRIPTS / f"{name}.toml").scenes
    clip = list(schedule(scenes, Narrator(), SMALL))
    record(clip, CLIPS / f"{name}.mp4", SMALL)
    write_table(truth(clip, SMALL), CLIPS / f"{name}.truth.json")


if __name__ == "__main__":
    main(sys.argv[1:])
