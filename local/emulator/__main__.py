"""Run the patched emulator: `.venv-emulator/bin/python -m local.emulator`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from local.emulator import patches
from local.emulator.autosave import Autosave
from local.emulator.write_tracker import WriteTracker


def main() -> None:
    patches.send_small_replies_at_once()
    patches.do_not_wait_for_log_lines()
    patches.discard_invocation_logs()
    patches.read_only_the_requested_range()
    patches.give_each_branch_its_own_token()
    patches.retry_functions_that_events_invoke()
    patches.copy_nothing_while_saving()
    patches.save_durably()
    patches.save_one_at_a_time()
    app: Any = import_module("ministack.app")
    app.app = writes = WriteTracker(app.app)
    autosave = Autosave(writes)
    autosave.start()
    try:
        app.main()
    finally:
        patches.end_functions()


if __name__ == "__main__":
    main()
