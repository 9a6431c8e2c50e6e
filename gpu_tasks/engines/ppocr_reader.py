"""Reads screen text: PP-OCRv6 small detection and recognition with RapidOCR."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cinedex.analysis.domain.model_results import Box, ModelInfo, ScreenLine
from numpy.typing import NDArray

from gpu_tasks.engines.roles import Picture
from gpu_tasks.engines.thread_budget import onnx_session_options

if TYPE_CHECKING:
    from rapidocr import RapidOCR

SCORE_MIN = 0.85
SIDE_MAX = 736
CHARACTERS_MIN = 2
READABLE_SHARE_MIN = 0.6  # share of letters, digits and spaces in a line


class PpOcrReader:
    """Text detection runs on at most `SIDE_MAX` pixels a side: four times faster, with the same words."""

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._weights = weights
        self._reader: RapidOCR | None = None

    def setup(self) -> None:
        from rapidocr import RapidOCR
        from rapidocr.inference_engine.onnxruntime.main import OrtInferSession

        # RapidOCR has no setting against spinning idle threads, so that its session options are replaced.
        session: Any = OrtInferSession
        session._init_sess_opts = staticmethod(lambda _: onnx_session_options())
        self._reader = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.text_score": SCORE_MIN,
                "Det.model_path": str(self._weights["ppocr-detection"]),
                "Det.limit_type": "max",
                "Det.limit_side_len": SIDE_MAX,
                "Rec.model_path": str(self._weights["ppocr-recognition"]),
            }
        )
        self.read(_picture_of("READY"))

    def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
        assert self._reader is not None, "call setup() first"
        output: Any = self._reader(picture)
        if output.boxes is None:
            return ()
        lines = zip(output.boxes, output.txts, output.scores, strict=True)
        return tuple(_line(box, text, score) for box, text, score in lines if is_legible(text))


def is_legible(text: str) -> bool:
    """False for false positives of the text reader in foliage, brickwork and compression noise."""
    stripped = text.strip()
    readable = sum(character.isalnum() or character.isspace() for character in stripped)
    if len(stripped) < CHARACTERS_MIN or readable < READABLE_SHARE_MIN * len(stripped):
        return False
    return (len(_scripts(stripped)) <= 2 and any(character.isalpha() for character in stripped)) or _is_number(stripped)


def _picture_of(word: str) -> Picture:
    """A warm-up picture: RapidOCR loads each model at its first use, and recognition runs only if there is text."""
    import cv2

    picture = np.zeros((96, 320, 3), np.uint8)
    return np.asarray(cv2.putText(picture, word, (16, 64), 0, 2, (255, 255, 255), 4), np.uint8)


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= CHARACTERS_MIN


def _scripts(text: str) -> set[str]:
    return {unicodedata.name(c, "UNKNOWN").split()[0] for c in text if c.isalpha()}


def _line(corners: NDArray[np.float32], text: str, score: float) -> ScreenLine:
    points: Sequence[Sequence[int]] = np.maximum(corners, 0).round().astype(int).tolist()
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = Box(x1=min(xs), y1=min(ys), x2=max(xs), y2=max(ys))
    return ScreenLine(text=" ".join(text.split()), score=round(min(float(score), 1.0), 4), box=box)
