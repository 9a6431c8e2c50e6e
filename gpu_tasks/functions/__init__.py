"""Lambda functions that run models; they are deployed with the container image of the worker."""
