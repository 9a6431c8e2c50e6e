"""How a decoded picture is shown: turned, mirrored and with square pixels."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from numpy.typing import NDArray

MATRIX_FORMAT = "<9i"


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways to place a picture: transposed or not, then mirrored along each side."""

    transposed: bool = False
    flip_x: bool = False
    flip_y: bool = False

    def apply(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self == UPRIGHT:
            return picture
        if self.transposed:
            picture = picture.transpose(1, 0, 2)
        step_x, step_y = -1 if self.flip_x else 1, -1 if self.flip_y else 1
        return np.ascontiguousarray(picture[::step_y, ::step_x])


UPRIGHT = Orientation()


def orientation_of(frame: VideoFrame) -> Orientation:
    """From the display matrix, which maps `(x, y)` to `(a x + c y, b x + d y)`.

    The angle that FFmpeg derives from the matrix does not tell a mirrored picture from one that is turned.
    """
    side_data = cast(Iterable[SideData], frame.side_data)
    data = next((d for d in side_data if d.type is Type.DISPLAYMATRIX), None)
    if data is None:
        return UPRIGHT
    a, b, _, c, d, *_ = struct.unpack(MATRIX_FORMAT, memoryview(data)[: struct.calcsize(MATRIX_FORMAT)])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(flip_x=a < 0, flip_y=d < 0)
    return Orientation(transposed=True, flip_x=c < 0, flip_y=b < 0)


def shown_size(frame: VideoFrame, pixel_shape: Fraction) -> tuple[int, int]:
    """Width and height as shown."""
    width, height = max(1, round(frame.width * pixel_shape)), frame.height
    return (height, width) if orientation_of(frame).transposed else (width, height)
