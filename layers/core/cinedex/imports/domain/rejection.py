"""Why a dropped file is not in the library."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Rejection(BaseModel):
    """`code` is stable: `bad_path`, `unknown_account`, `not_a_video`, `empty_file`, `too_large`, `bad_sidecar`,
    `internal_error`, or that of a `MediaError`. `reason` is a sentence.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    reason: str
