"""What the index of a container says about the frames of a stream: their rate, and how far apart its key frames are."""

from __future__ import annotations

from av.video.stream import VideoStream

STEP_S = 30.0  # shorter distances between key frames do not matter
STEPS_MAX = 5000
LISTED_SHARE_MIN = 0.9  # of the length of the file, for an index of all frames


def frame_rate(video: VideoStream, duration_s: float) -> float | None:
    """Frames per second: the higher of the declared rate and of the counted frames over the duration.

    In an AVI file both may be ticks of its clock: 1,000 a second, most of them without a frame. MP4 also counts frames
    that an edit list leaves out.
    """
    listed = _listed_rate(video, duration_s)
    if listed is not None:
        return round(listed, 3)
    declared = float(video.average_rate) if video.average_rate else 0.0
    counted = video.frames / duration_s if duration_s > 0 else 0.0
    rate = max(declared, counted if counted > 1.01 * declared else 0.0)
    return round(rate, 3) if rate > 0 else None


def _listed_rate(video: VideoStream, duration_s: float) -> float | None:
    """From the index of a file that lists fewer frames than it counts; None without an index up to the end."""
    entries, name = video.index_entries, video.container.format.name
    is_complete = name == "avi" or (name.startswith("mov") and len(entries) < video.frames)
    if not is_complete or not len(entries) or not video.time_base or duration_s <= 0:
        return None
    until_s = float((entries[-1].timestamp - entries[0].timestamp) * video.time_base)
    return len(entries) / duration_s if until_s >= LISTED_SHARE_MIN * duration_s else None


def longest_key_frame_gap_s(video: VideoStream, duration_s: float) -> float | None:
    """The longest distance of two key frames, as far as it is above `STEP_S`.

    None without an index of every frame: Matroska and fragmented MP4 list only some of them, and later.
    """
    entries = video.index_entries
    if not 0 < video.frames <= len(entries) or not video.time_base:
        return None
    tick_s, longest_s, at_s = float(video.time_base), 0.0, 0.0
    first_s = entries[0].timestamp * tick_s
    for _ in range(STEPS_MAX):
        if at_s >= duration_s:
            break
        after = entries.search_timestamp(int((first_s + at_s) / tick_s) + 1, backward=False)
        next_s = duration_s if after < 0 else entries[after].timestamp * tick_s - first_s
        before = entries.search_timestamp(int((first_s + at_s) / tick_s), backward=True)
        start_s = 0.0 if before < 0 else entries[before].timestamp * tick_s - first_s
        longest_s = max(longest_s, min(next_s, duration_s) - start_s)
        at_s = max(at_s + STEP_S, next_s)
    return round(longest_s, 3)
