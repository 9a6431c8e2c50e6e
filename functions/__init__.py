"""The entry points: this listing is the list of Lambda functions."""
