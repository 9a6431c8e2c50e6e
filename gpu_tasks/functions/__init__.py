"""Lambda functions that run in the image of the worker."""
