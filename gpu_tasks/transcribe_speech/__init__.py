"""Speech to words with times, for the whole video."""
