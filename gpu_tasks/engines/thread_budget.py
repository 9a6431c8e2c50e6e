"""One thread limit for all model runtimes, so that they do not compete for the same cores."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import SessionOptions

THREADS = 2


def limit_openmp_threads() -> None:
    """Call it before the import of a runtime that uses OpenMP; variables that are already set do not change."""
    os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def onnx_session_options(*, keep_memory: bool = False) -> SessionOptions:
    """Without spinning: several sessions with spinning threads on two cores nearly double the time of a video.

    `keep_memory`: a session keeps the memory of its largest input. That saves a fifth of its time, and is for inputs
    of one size.
    """
    from onnxruntime import SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = keep_memory
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options
