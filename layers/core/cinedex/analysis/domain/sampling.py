"""How many frames the object detector looks at."""

from __future__ import annotations

DETECTION_FPS_MAX = 5.0
"""Frames a second; a larger request is limited to it. The detector takes about 50 ms of CPU time for each frame."""
