"""Run the command-line program without installing it: `python -m cinedex_client.cli`."""

from cinedex_client.cli.main import main

main()
