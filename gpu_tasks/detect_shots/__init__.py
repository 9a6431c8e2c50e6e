"""Shot boundaries of the whole video."""
