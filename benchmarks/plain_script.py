"""What a script over the same libraries does with their default settings; the comparison of `benchmarks.cpu_pipeline`.

Usage: python -m benchmarks.plain_script CLIP. It needs `benchmarks/requirements.txt`. Speech with faster-whisper, shots
with PySceneDetect, text with RapidOCR on one frame a second of OpenCV. The weights are those of the cpu profile; it
detects no objects and computes no vectors.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gpu_tasks.engines.catalog import weight_path


def transcribe(path: Path) -> list[str]:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(weight_path("whisper-tiny-en").parent))
    return [segment.text for segment in model.transcribe(str(path))[0]]


def detect_shots(path: Path) -> list[Any]:
    from scenedetect import ContentDetector, detect

    return list(detect(str(path), ContentDetector()))


def read_text(path: Path) -> list[str]:
    from rapidocr import RapidOCR

    reader: Any = RapidOCR()
    pages = (reader(picture) for picture in _one_frame_a_second(path))
    return [line for page in pages for line in page.txts or ()]


def _one_frame_a_second(path: Path) -> Iterator[Any]:
    import cv2

    video = cv2.VideoCapture(str(path))
    step = max(1, round(video.get(cv2.CAP_PROP_FPS)))
    number = 0
    while video.grab():
        if number % step == 0:
            yield video.retrieve()[1]
        number += 1


def main(path: Path) -> None:
    found = {"utterances": transcribe(path), "shots": detect_shots(path), "lines": read_text(path)}
    print(", ".join(f"{len(items)} {name}" for name, items in found.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
