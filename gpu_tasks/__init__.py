"""The model worker: takes tasks from a queue, runs models over media, stores what they find."""
