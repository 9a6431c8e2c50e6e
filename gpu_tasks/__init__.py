"""The model worker: receives tasks from a queue, runs models on media files and stores the results."""
