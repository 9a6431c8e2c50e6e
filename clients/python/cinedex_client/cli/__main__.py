"""Run the command-line program without installing it: `python -m local.cli`."""

from cinedex_client.cli.main import main

main()
