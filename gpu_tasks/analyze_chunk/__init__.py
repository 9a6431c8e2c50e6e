"""Objects, screen text and segment captions of one chunk of a video."""
