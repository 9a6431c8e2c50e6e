"""Files that were cut, shifted, joined and damaged after they were written, and the events that can be found in them.

The clips beep and change their picture at known times, so that the time of each event after an edit is known, too.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.media.audio import SAMPLE_RATE_HZ, decode_audio
from gpu_tasks.media.frames import decode_frames
from tests.support.clips import plain
from tests.support.written_once import written_once

FPS = 25
BEEP_S = 0.2
GREYS = (30, 220)
LIBVPX = {"deadline": "realtime", "cpu-used": "8", "threads": "1"}
"""Several threads of libvpx wait for each other actively: ten times the CPU time for pictures of this size."""
Edit = Callable[["av.Packet[Any]"], "av.Packet[Any] | None"]


def beeping(
    path: Path,
    length_s: float,
    beeps_s: Iterable[float] = (),
    changes_s: Sequence[float] = (),
    *,
    rate: int = 48_000,
    layout: str = "mono",
    picture: str | None = "libx264",
    sound: str | None = "aac",
    channels: Sequence[float] = (1.0, 1.0),
    size: tuple[int, int] = (160, 96),
) -> Path:
    """A clip that beeps at each of `beeps_s` and changes between dark and bright at each of `changes_s`.

    `channels` are the factors of the left and right channel.
    """
    beeps_s, changes_s, channels = tuple(beeps_s), tuple(changes_s), tuple(channels)
    parts = (length_s, beeps_s, changes_s, rate, layout, picture, sound, channels, size)
    return written_once(path, parts, lambda: _write_beeping(path, *parts))


def _write_beeping(
    path: Path,
    length_s: float,
    beeps_s: Sequence[float],
    changes_s: Sequence[float],
    rate: int,
    layout: str,
    picture: str | None,
    sound: str | None,
    channels: Sequence[float],
    size: tuple[int, int],
) -> None:
    with av.open(str(path), "w") as container:
        video = container.add_stream(picture, rate=FPS) if picture else None
        audio = container.add_stream(sound, rate=rate, layout=layout) if sound else None
        if video is not None:
            video.options = LIBVPX if picture == "libvpx" else {"bf": "0"}
            video.width, video.height = size
            video.pix_fmt, video.codec_context.gop_size = "yuv420p", FPS
            for index in range(round(length_s * FPS)):
                shade = GREYS[sum(index / FPS >= at_s - 1e-6 for at_s in changes_s) % 2]
                frame = av.VideoFrame.from_ndarray(plain((shade,) * 3, *size), format="bgr24")
                frame.pts, frame.time_base = index, Fraction(1, FPS)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(_beeps(length_s, beeps_s, rate, layout, channels)))
            container.mux(audio.encode(None))


def _beeps(
    length_s: float, beeps_s: Iterable[float], rate: int, layout: str, channels: Sequence[float]
) -> av.AudioFrame:
    at_s = np.arange(round(length_s * rate)) / rate
    is_loud = np.zeros(len(at_s), bool)
    for beep_s in beeps_s:
        is_loud |= (at_s >= beep_s) & (at_s < beep_s + BEEP_S)
    mono = (0.5 * np.sin(2 * np.pi * 600 * at_s) * is_loud * 32767).astype(np.int16)
    count = av.AudioLayout(layout).nb_channels
    channels = [*channels, *[1.0] * count]
    samples = np.stack([(mono * channels[n]).astype(np.int16) for n in range(count)], axis=1).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
    frame.sample_rate, frame.pts = rate, 0
    return frame


def remuxed(path: Path, source: Path, edit: Edit, options: dict[str, str] | None = None) -> Path:
    """A copy whose packets are those that `edit` returns."""
    with av.open(str(source)) as read, av.open(str(path), "w", options=options or {}) as written:
        streams = {s.index: written.add_stream_from_template(s) for s in read.streams}
        for packet in read.demux():
            edited = edit(packet) if packet.dts is not None else None
            if edited is not None:
                edited.stream = streams[packet.stream_index]
                written.mux(edited)
    return path


ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
TimedText = tuple[float, float, str]


def subtitled(
    path: Path, source: Path, tracks: Mapping[str, Sequence[TimedText]], shift_s: float = 0.0, **metadata: str
) -> Path:
    """A copy with a subtitle track for each codec, whose texts are shown from one second to another.

    All packets are shifted by `shift_s`. Text codecs get their text; of others, only the track is written.
    """
    with av.open(str(source)) as read, av.open(str(path), "w") as written:
        streams = {s.index: written.add_stream_from_template(s) for s in read.streams}
        packets = [p for p in map(shifted(shift_s), (p for p in read.demux() if p.dts is not None)) if p is not None]
        for packet in packets:
            packet.stream = streams[packet.stream_index]
        for codec, texts in tracks.items():
            stream = written.add_stream(codec)
            stream.metadata.update(metadata)
            stream.disposition = av.stream.Disposition.hearing_impaired
            stream.codec_context.subtitle_header = ASS_HEADER
            if codec == "ass":
                stream.codec_context.extradata = ASS_HEADER
            packets.extend(_subtitle_packet(stream, codec, *text, shift_s=shift_s) for text in texts)
        for packet in sorted(packets, key=time_of):
            written.mux(packet)
    return path


def _subtitle_packet(stream: Any, codec: str, start_s: float, end_s: float, text: str, shift_s: float) -> Any:
    data = text.encode()
    payload = {"mov_text": len(data).to_bytes(2, "big") + data, "ass": b"0,0,Default,,0,0,0,," + data}.get(codec, data)
    packet = av.Packet(payload)
    packet.stream, packet.time_base = stream, Fraction(1, 1000)
    packet.pts = packet.dts = round((start_s + shift_s) * 1000)
    packet.duration = round((end_s - start_s) * 1000)
    return packet


def time_of(packet: av.Packet[Any]) -> float:
    assert packet.dts is not None
    return float(packet.dts * packet.time_base)


def without(kind: str, start_s: float, end_s: float) -> Edit:
    """Drops the packets of a kind of stream between two times."""
    return lambda p: None if p.stream.type == kind and start_s <= time_of(p) < end_s else p


def shifted(by_s: float) -> Edit:
    def edit(packet: av.Packet[Any]) -> av.Packet[Any]:
        ticks = round(by_s / packet.time_base)
        packet.pts, packet.dts = (packet.pts or 0) + ticks, (packet.dts or 0) + ticks
        return packet

    return edit


def damaged(kind: str, start_s: float, end_s: float, seed: int = 1) -> Edit:
    """Replaces the bytes of the packets of a kind of stream between two times."""
    random = np.random.default_rng(seed)

    def edit(packet: av.Packet[Any]) -> av.Packet[Any]:
        if packet.stream.type != kind or not start_s <= time_of(packet) < end_s:
            return packet
        broken = av.Packet(random.bytes(packet.size))
        broken.pts, broken.dts, broken.time_base, broken.duration = (
            packet.pts, packet.dts, packet.time_base, packet.duration,
        )  # fmt: skip
        broken.is_keyframe = packet.is_keyframe
        return broken

    return edit


def joined(path: Path, *sources: Path) -> Path:
    """The files end to end, as `cat` does it."""
    path.write_bytes(b"".join(source.read_bytes() for source in sources))
    return path


TS_PACKET_BYTES = 188


def programmes(path: Path, *sources: Path) -> Path:
    """One transport stream with a programme for each file, as a broadcast multiplex."""
    streams = []
    for number, source in enumerate(sources, start=1):
        options = {
            "mpegts_service_id": str(number),
            "mpegts_pmt_start_pid": str(0x1000 + number),
            "mpegts_start_pid": str(0x100 * number),
        }
        data = remuxed(path.with_suffix(f".{number}.ts"), source, lambda packet: packet, options).read_bytes()
        packets = [data[at : at + TS_PACKET_BYTES] for at in range(0, len(data), TS_PACKET_BYTES)]
        streams.append([p for p in packets if _pid(p) != 0])
    table = _programme_association({n: 0x1000 + n for n in range(1, len(sources) + 1)})
    rows = [b"".join(p for p in row if p) for row in zip_longest(*streams)]
    path.write_bytes(b"".join(table + row if index % 20 == 0 else row for index, row in enumerate(rows)))
    return path


def _pid(packet: bytes) -> int:
    return int.from_bytes(packet[1:3]) & 0x1FFF


def _programme_association(maps: Mapping[int, int]) -> bytes:
    """The packet with the list of programmes (ISO/IEC 13818-1, 2.4.4.3)."""
    programmes = b"".join(struct.pack(">HH", number, 0xE000 | pid) for number, pid in maps.items())
    section = struct.pack(">BHHBBB", 0, 0xB000 | (len(programmes) + 9), 1, 0xC1, 0, 0) + programmes
    packet = b"\x47\x40\x00\x10\x00" + section + struct.pack(">I", _crc(section))
    return packet.ljust(TS_PACKET_BYTES, b"\xff")


def _crc(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


def beeps_in(path: Path, **options: Any) -> list[float]:
    """When each beep starts."""
    starts: list[float] = []
    for window in decode_audio(path, **options):
        is_loud = _envelope(window.samples) > 0.05
        rising = np.flatnonzero(is_loud & ~np.concatenate([[False], is_loud[:-1]]))
        starts.extend(window.start_s + float(index) / 100 for index in rising)
    return starts


def _envelope(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Root mean square of each hundredth of a second."""
    block = SAMPLE_RATE_HZ // 100
    whole = samples[: len(samples) // block * block].reshape(-1, block)
    return np.asarray(np.sqrt(np.square(whole).mean(axis=1)), np.float32)


def changes_in(path: Path, **options: Any) -> list[float]:
    """When the picture changes between dark and bright."""
    changes, before = [], None
    for frame in decode_frames(path, **options):
        is_bright = frame.thumbnail(4, 4, "gray").mean() > sum(GREYS) / 2
        if before is not None and is_bright != before:
            changes.append(frame.at_s)
        before = is_bright
    return changes
