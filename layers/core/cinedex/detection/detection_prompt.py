"""What a prompt such as "the red car" or "people" means to a detector that knows a fixed set of labels."""

from __future__ import annotations

from collections.abc import Collection

from cinedex.kernel.text.label_hierarchy import labels_of
from cinedex.kernel.text.tokens import STOP_WORDS, singular, words


def labels_for(prompt: str, known: Collection[str]) -> tuple[str, ...]:
    """Labels of which everything is what the prompt asks for; none when the detector cannot tell.

    A prompt that asks for more than a label says, like "a red car", is none of its business: answering with
    every car would be wrong.
    """
    phrase = " ".join(singular(word) for word in words(prompt) if word not in STOP_WORDS)
    if phrase in known:
        return (phrase,)
    return tuple(label for label in labels_of(phrase) if label in known)
