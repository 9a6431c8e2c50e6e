"""Files with closed captions in the picture data, as a broadcaster sends them: CEA-608 in user data of H.264."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av

from tests.support.edited_media import FPS

Pair = tuple[int, int]
POP_ON, ERASE_HIDDEN, LAST_ROW, SHOW, ERASE = (0x14, 0x20), (0x14, 0x2E), (0x14, 0x70), (0x14, 0x2F), (0x14, 0x2C)
ROLL_UP, NEXT_ROW = (0x14, 0x25), (0x14, 0x2D)
NOTHING = (0, 0)


def pop_on(text: str) -> list[Pair]:
    """A text that is loaded first, and shown at once; control codes are sent twice."""
    return [*[POP_ON] * 2, *[ERASE_HIDDEN] * 2, *[LAST_ROW] * 2, *_letters(text), *[SHOW] * 2]


def roll_up(text: str) -> list[Pair]:
    """A text that appears pair by pair in a new row, as live captions do; the row before moves up."""
    return [*[ROLL_UP] * 2, *[NEXT_ROW] * 2, *[LAST_ROW] * 2, *_letters(text)]


def captioned(path: Path, source: Path, sent: Mapping[float, list[Pair]]) -> Path:
    """A copy of an H.264 transport stream with the pairs that are sent from each time on, one with each frame."""
    pairs = {round(at_s * FPS) + n: pair for at_s, some in sent.items() for n, pair in enumerate(some)}
    with av.open(str(source)) as read, av.open(str(path), "w") as written:
        streams = {s.index: written.add_stream_from_template(s) for s in read.streams}
        frames = 0
        for packet in read.demux():
            if packet.dts is None:
                continue
            copy = packet
            if packet.stream.type == "video":
                copy = _with_user_data(packet, pairs.get(frames, NOTHING))
                frames += 1
            copy.stream = streams[packet.stream_index]
            written.mux(copy)
    return path


def _letters(text: str) -> list[Pair]:
    codes = [*text.encode("ascii"), *[0] * (len(text) % 2)]
    return list(zip(codes[::2], codes[1::2], strict=True))


def _with_user_data(packet: av.Packet[Any], pair: Pair) -> av.Packet[Any]:
    """With a SEI message of registered user data (ITU-T H.264, D.1.6) before the picture."""
    one, other = (code if code.bit_count() % 2 else code | 0x80 for code in pair)
    payload = b"\xb5\x00\x31GA94\x03" + bytes([0x41, 0xFF, 0xFC, one, other, 0xFF])
    message = b"\0\0\0\1\x06" + bytes([4, len(payload)]) + payload + b"\x80"
    copy = av.Packet(message + bytes(packet))
    copy.pts, copy.dts, copy.time_base, copy.duration = packet.pts, packet.dts, packet.time_base, packet.duration
    copy.is_keyframe = packet.is_keyframe
    return copy
