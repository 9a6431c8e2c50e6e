"""Makes `tour.mp4` and its truth table; the same package versions make the same bytes.

Run in the root of the repository, in an environment of its own because Piper is not a dependency of Cinedex:

    python3.11 -m venv .venv-sample
    .venv-sample/bin/pip install -r samples/requirements.txt
    .venv-sample/bin/python -m samples.make_tour
"""

import json
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from samples.narrator import SAMPLE_RATE_HZ, Narrator
from samples.pictures import FRAMES_PER_S, HEIGHT, WIDTH, frames
from samples.takes import Take, takes
from samples.truth import truth

_HERE = Path(__file__).parent
_X264 = {"crf": "26", "preset": "slow", "tune": "stillimage", "threads": "1"}
_MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}
_AUDIO_BITS_PER_S = 72_000


def main() -> None:
    """Write both files beside this one."""
    clip = list(takes(Narrator()))
    _record(clip, _HERE / "tour.mp4")
    table = json.dumps(truth(clip), indent=2, ensure_ascii=False)
    (_HERE / "tour.truth.json").write_text(table + "\n", encoding="utf-8")


def _record(clip: Sequence[Take], path: Path) -> None:
    with av.open(str(path), "w", options=_MP4) as container:
        video = container.add_stream("libx264", rate=FRAMES_PER_S, options=_X264)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono", bit_rate=_AUDIO_BITS_PER_S)
        for take in clip:
            for picture in frames(take.scene, take.frame_count):
                container.mux(video.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
            container.mux(audio.encode(_audio_frame(take)))
        container.mux(video.encode())
        container.mux(audio.encode())


def _audio_frame(take: Take) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(take.sound()[np.newaxis, :], format="fltp", layout="mono")
    frame.sample_rate = SAMPLE_RATE_HZ
    frame.pts = round(take.start_s * SAMPLE_RATE_HZ)
    return frame


if __name__ == "__main__":
    main()
