"""Makes `demo.mp4` and its truth table; the same package versions make the same bytes on the same machine.

Run in the root of the repository, in an environment of its own because Piper is not a dependency of Cinedex:

    python3.11 -m venv .venv-sample
    .venv-sample/bin/pip install -r samples/requirements.txt
    .venv-sample/bin/python -m samples.make_demo
"""

from pathlib import Path

from samples.format import TOUR
from samples.narrator import Narrator
from samples.recording import record
from samples.script_model import QUESTIONS, SCENES, SEARCHES
from samples.shots import takes
from samples.truth import asked, truth, write_table

_HERE = Path(__file__).parent


def main() -> None:
    """Write both files beside this one."""
    clip = list(takes(SCENES, Narrator(), TOUR))
    record(clip, _HERE / "demo.mp4", TOUR)
    write_table(truth(clip, TOUR) | asked(clip, SEARCHES, QUESTIONS), _HERE / "demo.truth.json")


if __name__ == "__main__":
    main()
