"""The whole product in one run: a clip goes in, and what it holds comes out with cited answers."""
