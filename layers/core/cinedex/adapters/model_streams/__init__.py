"""What streams of language models have in common."""
