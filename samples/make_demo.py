"""Renders `demo.mp4` and its truth table; the same package versions render the same bytes on the same machine.

Run it in the root of the repository, in a separate environment, because Piper is not a dependency of Cinedex:

    python3.11 -m venv .venv-sample
    .venv-sample/bin/pip install -r samples/requirements.txt
    .venv-sample/bin/python -m samples.make_demo
"""

from pathlib import Path

from samples.format import DEMO
from samples.narrator import Narrator
from samples.recording import record
from samples.script_model import QUESTIONS, SCENES, SEARCHES
from samples.shots import schedule
from samples.truth import search_truth, truth, write_table

_HERE = Path(__file__).parent


def main() -> None:
    """Write both files to the folder of this module."""
    clip = list(schedule(SCENES, Narrator(), DEMO))
    record(clip, _HERE / "demo.mp4", DEMO)
    write_table(truth(clip, DEMO) | search_truth(clip, SEARCHES, QUESTIONS), _HERE / "demo.truth.json")


if __name__ == "__main__":
    main()
