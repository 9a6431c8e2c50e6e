"""Map a prompt such as "people" to the labels of a detector with a fixed set of labels."""

from __future__ import annotations

from collections.abc import Collection

from cinedex.kernel.text.label_hierarchy import labels_of
from cinedex.kernel.text.tokens import STOP_WORDS, singular, words


def labels_for(prompt: str, known: Collection[str]) -> tuple[str, ...]:
    """The labels whose every object satisfies the prompt; empty when the detector cannot decide.

    A prompt with more detail than a label, such as "a red car", has none: returning every car would be wrong.
    """
    phrase = " ".join(singular(word) for word in words(prompt) if word not in STOP_WORDS)
    if phrase in known:
        return (phrase,)
    return tuple(label for label in labels_of(phrase) if label in known)
