"""HTTP: search, and answers with evidence."""
