"""Search for moments: queries, ranking, results and the index."""
