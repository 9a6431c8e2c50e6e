"""Run the patched emulator: `.venv-emulator/bin/python -m local.emulator`."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from botocore.credentials import Credentials

from local.emulator import fair_queue, outbox_stream, patches
from local.emulator.aws_answers import MinistackAnswers
from local.emulator.durability.installation import Durability
from local.emulator.function_pools import FunctionPools, run_functions_in_pools
from local.emulator.ordered_partitions import OrderedPartitions
from local.emulator.signed_requests import SignedRequests
from local.emulator.write_tracker import Application
from local.http_limits.hypercorn_connections import limit_connections
from local.http_limits.request_body import LimitedBodies
from local.own_address import OwnAddress


def main() -> None:
    durability = Durability()
    pools = FunctionPools.from_environment(os.environ)
    run_functions_in_pools(pools)
    patches.discard_invocation_logs()
    durability.install()
    OrderedPartitions().install()
    patches.read_only_the_requested_range(durability.objects.open_range)
    patches.give_each_branch_its_own_token()
    fair_queue.take_turns_between_message_groups()
    patches.retry_functions_that_events_invoke()
    outbox_stream.keep_the_outbox_only()
    outbox_stream.read_from_the_start_after_a_restart()
    patches.copy_nothing_while_saving()
    patches.save_durably(durability.lock)
    limit_connections()
    app: Any = import_module("ministack.app")
    app.app = _only_signed_requests(durability.wrap(app.app))
    try:
        app.main()
    finally:
        # Before the emulator, so that their logs do not fill with connection errors.
        pools.close()


def _only_signed_requests(application: Application) -> LimitedBodies:
    credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    address = OwnAddress(int(os.environ["GATEWAY_PORT"]))
    signed = SignedRequests(application, address, credentials, os.environ["AWS_REGION"], MinistackAnswers())
    return LimitedBodies(signed)


if __name__ == "__main__":
    main()
