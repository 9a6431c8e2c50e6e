"""Text processing: tokens, stems, and label categories."""
