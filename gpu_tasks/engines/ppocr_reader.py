"""Reads screen text: PP-OCRv6 small detection and recognition with RapidOCR."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cinedex.analysis.domain.model_results import Box, ModelInfo, ScreenLine
from numpy.typing import NDArray

from gpu_tasks.engines.roles import Picture
from gpu_tasks.engines.text_reading.legibility import SCORE_MIN, is_legible
from gpu_tasks.engines.text_reading.small_letters import has_small_letters, merge_lines
from gpu_tasks.engines.text_reading.word_spaces import SpaceRestoringDecoder
from gpu_tasks.engines.thread_budget import onnx_session_options

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from rapidocr import RapidOCR

SIDE_MAX = 736  # of the picture in which text is detected; its letters are recognised at their own size
OVERVIEW_SIDE = 960
LARGE_SIDE_MIN = 1921  # a larger picture than Full HD
LARGE_SIDE_MAX = 3840
LARGE_SCALE = 0.5  # letters of 12 pixels are detected at half their size


class PpOcrReader:
    """Text detection runs on at most `SIDE_MAX` pixels a side: four times faster, with the same words.

    A large picture is first read at `OVERVIEW_SIDE`. If that shows small letters, it is read again: detected at half
    its size and recognised at its own.

    Several threads may read; they take turns, because a reading sets the size of the detector.
    """

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._weights = weights
        self._reader: RapidOCR | None = None
        self._detection: dict[bool, InferenceSession] = {}
        self._turn = threading.Lock()

    def setup(self) -> None:
        from onnxruntime import InferenceSession
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
                "Global.max_side_len": LARGE_SIDE_MAX,
                "Det.model_path": str(self._weights["ppocr-detection"]),
                "Det.limit_type": "max",
                "Det.limit_side_len": SIDE_MAX,
                "Rec.model_path": str(self._weights["ppocr-recognition"]),
            }
        )
        self._lines(_picture_of("READY"), SIDE_MAX)
        recognizer: Any = self._reader.text_rec
        recognizer.postprocess_op = SpaceRestoringDecoder(recognizer.postprocess_op)
        detector: Any = self._reader.text_det
        quick = onnx_session_options(keep_memory=True)
        self._detection = {
            False: InferenceSession(str(self._weights["ppocr-detection"]), quick, providers=["CPUExecutionProvider"]),
            True: detector.session.session,
        }

    def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
        with self._turn:
            if max(picture.shape[:2]) < LARGE_SIDE_MIN:
                return self._lines(picture, SIDE_MAX)
            return self._read_large(picture)

    def _read_large(self, picture: Picture) -> tuple[ScreenLine, ...]:
        side = max(picture.shape[:2])
        overview = _scaled(picture, OVERVIEW_SIDE / side)
        lines = tuple(_enlarged(line, side / OVERVIEW_SIDE) for line in self._lines(overview, SIDE_MAX))
        if not has_small_letters(self._text_probability(overview)):
            return lines
        return merge_lines(lines, self._lines(picture, round(side * LARGE_SCALE)), side)

    def _lines(self, picture: Picture, side_max: int) -> tuple[ScreenLine, ...]:
        assert self._reader is not None, "call setup() first"
        self._set_side(side_max)
        output: Any = self._reader(picture)
        if output.boxes is None:
            return ()
        lines = [_line(*found) for found in zip(output.boxes, output.txts, output.scores, strict=True)]
        return tuple(_legible(lines, picture.shape[0]))

    def _text_probability(self, picture: Picture) -> NDArray[np.float32]:
        """For each pixel of the picture, scaled to a multiple of 32, the probability that it belongs to text."""
        assert self._reader is not None, "call setup() first"
        self._set_side(OVERVIEW_SIDE)
        detector: Any = self._reader.text_det
        return np.asarray(detector.session(detector.get_preprocess()(picture))[0, 0], np.float32)

    def _set_side(self, side_max: int) -> None:
        """Large pictures have a session of their own, which frees the memory that they need."""
        detector: Any = self._reader.text_det if self._reader else None
        if detector is not None:
            detector.limit_side_len = side_max
        if self._detection:
            detector.session.session = self._detection[side_max > SIDE_MAX]


def _picture_of(word: str) -> Picture:
    """A warm-up picture: RapidOCR loads each model at its first use, and recognition runs only if there is text."""
    import cv2

    picture = np.zeros((96, 320, 3), np.uint8)
    return np.asarray(cv2.putText(picture, word, (16, 64), 0, 2, (255, 255, 255), 4), np.uint8)


def _scaled(picture: Picture, scale: float) -> Picture:
    import cv2

    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _legible(lines: Iterable[ScreenLine], height: int) -> Iterable[ScreenLine]:
    return (line for line in lines if is_legible(line.text, line.score, (line.box.y2 - line.box.y1) / height))


def _enlarged(line: ScreenLine, scale: float) -> ScreenLine:
    box = Box(**{side: round(value * scale) for side, value in line.box.model_dump().items()})
    return line.model_copy(update={"box": box})


def _line(corners: NDArray[np.float32], text: str, score: float) -> ScreenLine:
    points: Sequence[Sequence[int]] = np.maximum(corners, 0).round().astype(int).tolist()
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = Box(x1=min(xs), y1=min(ys), x2=max(xs), y2=max(ys))
    return ScreenLine(text=" ".join(text.split()), score=round(min(float(score), 1.0), 4), box=box)
