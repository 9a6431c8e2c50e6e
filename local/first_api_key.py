"""Creates the first API key of a running stack and prints its secret: `python -m local.first_api_key`.

Every later key is created through the HTTP API, which needs a key. This runs in a process of its own because the use
case finds the table and AWS through the environment.
"""

from __future__ import annotations

import sys

from local.home import Home
from local.settings import LocalSettings
from local.stack_environment import use_stack_environment

ACCOUNT_ID = "local"


def main() -> None:
    use_stack_environment(Home(LocalSettings().home))
    from cinedex.access.domain.api_keys import Scope
    from cinedex.bootstrap.access import manage_api_keys

    _, secret = manage_api_keys().create(ACCOUNT_ID, "first key", Scope.ADMIN, None)
    sys.stdout.write(secret)


if __name__ == "__main__":
    main()
