"""Synthetic segments: vectors in clusters, similar to those of sentences, and words with a Zipf distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from cinedex.kernel.span import span
from cinedex.search.domain.index.segment_document import SegmentDocument, Vector
from cinedex.timeline.modality import Modality
from numpy.typing import NDArray

MODEL, DIMENSION, ACCOUNT = "benchmark-384d", 384, "benchmark"
SEGMENTS_PER_VIDEO, WORDS_PER_SEGMENT, VOCABULARY = 50, 40, 20_000
CLUSTERS, CLUSTER_NOISE = 500, 0.7
QUERIES = 40


@dataclass(frozen=True)
class Corpus:
    """Generates each video on request from the seed, because a million segments need gigabytes of memory."""

    count: int
    seed: int
    centres: NDArray[np.float32]
    queries: NDArray[np.float32]

    @property
    def video_count(self) -> int:
        return -(-self.count // SEGMENTS_PER_VIDEO)

    def video(self, number: int) -> list[SegmentDocument]:
        vectors, texts = self._generate(number)
        return [
            self._segment(number, *fields) for fields in zip(range(len(texts)), texts, vectors.tolist(), strict=True)
        ]

    def vectors(self, videos: int) -> NDArray[np.float32]:
        """Vectors of the first videos, one row for each segment."""
        return np.concatenate([self._generate(number)[0] for number in range(videos)])

    def texts(self, number: int) -> list[str]:
        return self._generate(number)[1]

    def _generate(self, number: int) -> tuple[NDArray[np.float32], list[str]]:
        random = np.random.default_rng((self.seed, number))
        rows = min(SEGMENTS_PER_VIDEO, self.count - number * SEGMENTS_PER_VIDEO)
        vectors = sample_clusters(self.centres, random, rows).astype(np.float16).astype(np.float32)
        words = np.minimum(random.zipf(1.3, (rows, WORDS_PER_SEGMENT)), VOCABULARY)
        return vectors, [" ".join(f"w{word}" for word in row) for row in words.tolist()]

    def _segment(self, video: int, index: int, text: str, values: list[float]) -> SegmentDocument:
        return SegmentDocument(
            account_id=ACCOUNT,
            video_id=video_id(video),
            segment_index=index,
            span=span(index * 20.0, index * 20.0 + 20.0),
            texts={Modality.SPEECH: text},
            model=MODEL,
            vectors=(Vector(modality=Modality.SPEECH, values=tuple(values)),),
        )


def video_id(number: int) -> str:
    return f"video-{number:06}"


def number_of(video: str) -> int:
    return int(video.removeprefix("video-"))


def make_corpus(count: int, seed: int = 7) -> Corpus:
    random = np.random.default_rng(seed)
    centres = random.standard_normal((CLUSTERS, DIMENSION), np.float32)
    return Corpus(count, seed, centres, queries=sample_clusters(centres, random, QUERIES))


def sample_clusters(centres: NDArray[np.float32], random: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Unit vectors, each near a random centre."""
    noise = random.standard_normal((rows, DIMENSION), np.float32)
    vectors = centres[random.integers(0, CLUSTERS, rows)] + CLUSTER_NOISE * noise
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
