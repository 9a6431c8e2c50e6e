"""Text vectors of the segments of a video."""
