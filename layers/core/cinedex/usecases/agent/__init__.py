"""Work on a question with tools, and answer it with what they found."""
