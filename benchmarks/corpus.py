"""Made-up segments: vectors in clusters, as sentences have them, and words by Zipf's law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from cinedex.domain.moment import Modality, SegmentDocument, Vector
from cinedex.domain.span import span
from numpy.typing import NDArray

MODEL, DIMENSION, ACCOUNT = "benchmark-384d", 384, "benchmark"
SEGMENTS_OF_A_VIDEO, WORDS_OF_A_SEGMENT, VOCABULARY = 50, 40, 20_000
CLUSTERS, CLUSTER_NOISE = 500, 0.7
QUERIES = 40


@dataclass(frozen=True)
class Corpus:
    vectors: NDArray[np.float32]
    words: NDArray[np.int64]
    queries: NDArray[np.float32]

    @property
    def video_count(self) -> int:
        return -(-len(self.vectors) // SEGMENTS_OF_A_VIDEO)

    def video(self, number: int) -> list[SegmentDocument]:
        first = number * SEGMENTS_OF_A_VIDEO
        rows = range(first, min(first + SEGMENTS_OF_A_VIDEO, len(self.vectors)))
        return [self._segment(number, row - first, row) for row in rows]

    def _segment(self, video: int, index: int, row: int) -> SegmentDocument:
        return SegmentDocument(
            account_id=ACCOUNT,
            video_id=video_id(video),
            segment_index=index,
            span=span(index * 20.0, index * 20.0 + 20.0),
            texts={Modality.SPEECH: self.text(row)},
            model=MODEL,
            vectors=(Vector(modality=Modality.SPEECH, values=tuple(self.vectors[row].tolist())),),
        )

    def text(self, row: int) -> str:
        return " ".join(f"w{word}" for word in self.words[row])


def video_id(number: int) -> str:
    return f"video-{number:06}"


def number_of(video: str) -> int:
    return int(video.removeprefix("video-"))


def make_corpus(count: int, seed: int = 7) -> Corpus:
    random = np.random.default_rng(seed)
    centres = random.standard_normal((CLUSTERS, DIMENSION), np.float32)

    def near_centres(rows: int) -> NDArray[np.float32]:
        noise = random.standard_normal((rows, DIMENSION), np.float32)
        return _unit(centres[random.integers(0, CLUSTERS, rows)] + CLUSTER_NOISE * noise)

    words = np.minimum(random.zipf(1.3, (count, WORDS_OF_A_SEGMENT)), VOCABULARY)
    halves = near_centres(count).astype(np.float16).astype(np.float32)
    return Corpus(halves, words, near_centres(QUERIES))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
