"""Run the command-line program without installing it: `python -m local.cli`."""

from local.cli.main import main

main()
