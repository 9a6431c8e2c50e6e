"""Documents and vectors of videos, and the rebuilding of an index."""
