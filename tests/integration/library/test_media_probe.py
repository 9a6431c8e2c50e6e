"""The probe reports the properties of a video file, and the error of any other file."""

import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from cinedex.adapters.pyav.media_probe import ProbeLimits, PyAvMediaProbe
from cinedex.kernel.errors import InternalError, MediaError, Unavailable

from tests.support.clips import textured, tone, write_sound, write_video
from tests.support.media import real_media

PROBE = PyAvMediaProbe()
FASTSTART = {"movflags": "faststart"}


def clip(folder: Path, **options: object) -> Path:
    return write_video(folder / "clip.mp4", [textured(n) for n in range(50)], **options)  # type: ignore[arg-type]


def code_of(source: Path | str, probe: PyAvMediaProbe = PROBE) -> str:
    with pytest.raises(MediaError) as caught:
        probe.probe(str(source))
    return caught.value.code


def test_a_clip_with_sound_tells_its_size_rate_length_and_codecs(tmp_path: Path) -> None:
    path = clip(tmp_path, sound=tone(2))
    probe = PROBE.probe(str(path))
    assert (probe.width, probe.height, probe.avg_fps) == (160, 96, 25.0)
    assert (probe.video_codec, probe.audio_codec, probe.format) == ("h264", "aac", "mov")
    assert probe.duration_s == pytest.approx(2.0, abs=0.1)
    assert probe.size_bytes == path.stat().st_size


def test_a_clip_without_sound_has_no_audio(tmp_path: Path) -> None:
    assert PROBE.probe(str(clip(tmp_path))).audio_codec is None


def test_pure_sound_is_accepted_and_has_no_picture(tmp_path: Path) -> None:
    probe = PROBE.probe(str(write_sound(tmp_path / "a.wav", tone(3))))
    assert (probe.has_video, probe.audio_codec is None, probe.width) == (False, False, None)
    assert probe.duration_s == pytest.approx(3.0)


def test_a_picture_of_two_by_two_pixels_is_accepted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "tiny.mp4", [np.zeros((2, 2, 3), np.uint8)] * 5)
    assert PROBE.probe(str(path)).width == 2


def test_the_largest_of_several_video_streams_is_described() -> None:
    probe = PROBE.probe(str(real_media("nasa_narration_13s.mp4")))
    assert (probe.width, probe.height) == (480, 270)
    assert probe.duration_s == pytest.approx(13.056, abs=0.01)


def test_a_file_cut_off_before_its_index_is_corrupt(tmp_path: Path) -> None:
    path = clip(tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) == "corrupt_media"


def test_a_file_truncated_after_its_index_is_corrupt(tmp_path: Path) -> None:
    path = clip(tmp_path, options=FASTSTART)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.8)])
    assert code_of(path) == "corrupt_media"


def test_a_webm_cut_off_is_corrupt_though_it_declares_its_whole_length(tmp_path: Path) -> None:
    path = tmp_path / "clip.webm"
    whole = real_media("big_buck_bunny_30s.webm").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert code_of(path) == "corrupt_media"


def test_an_empty_file_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert code_of(tmp_path / "empty.mp4") == "corrupt_media"


def test_text_under_a_video_name_is_unsupported(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("It was the best of times. " * 500)
    assert code_of(tmp_path / "clip.mp4") == "unsupported_media"


def test_a_still_picture_is_unsupported(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), textured(1))
    assert code_of(tmp_path / "still.png") == "unsupported_media"


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile clip.mp4\n",
    ],
)
def test_a_playlist_that_names_other_files_is_unsupported(tmp_path: Path, playlist: str) -> None:
    clip(tmp_path)
    (tmp_path / "list.mp4").write_text(playlist)
    assert code_of(tmp_path / "list.mp4") == "unsupported_media"


def test_a_frame_far_larger_than_the_file_is_unsupported(tmp_path: Path) -> None:
    screen = (60_000).to_bytes(2, "little") * 2
    frame = b"\x2c" + bytes(4) + screen + b"\x00" + b"\x02\x02\x4c\x01\x00"
    (tmp_path / "bomb.gif").write_bytes(b"GIF89a" + screen + b"\x80\x00\x00" + bytes(6) + frame + b"\x3b")
    assert code_of(tmp_path / "bomb.gif") == "unsupported_media"


def test_a_probe_that_has_not_begun_when_its_time_is_up_says_nothing_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(InternalError):
        PyAvMediaProbe(ProbeLimits(wall_s=0.01)).probe(str(clip(tmp_path)))


def test_a_decoder_that_runs_out_of_memory_ends_only_the_child_process(tmp_path: Path) -> None:
    starved = PyAvMediaProbe(ProbeLimits(memory_bytes=60 * 1024**2))
    assert code_of(clip(tmp_path), starved) in ("corrupt_media", "unsupported_media")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    class QuietHandler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Tests are silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_file_behind_a_url_is_probed_like_one_on_disk(tmp_path: Path, served: str) -> None:
    path = clip(tmp_path, sound=tone(2))
    assert PROBE.probe(f"{served}/clip.mp4") == PROBE.probe(str(path))


def test_a_url_that_leads_nowhere_is_the_fault_of_the_file(served: str) -> None:
    assert code_of(f"{served}/absent.mp4") == "fetch_failed"


def test_a_server_that_is_down_is_unavailable_and_may_be_retried() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            PROBE.probe(f"http://127.0.0.1:{unused.getsockname()[1]}/clip.mp4")
