"""Words of natural language: tokens, stems, and label hierarchies."""
