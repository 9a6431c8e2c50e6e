"""The nouns and rules of video understanding; no vendor, no I/O."""
