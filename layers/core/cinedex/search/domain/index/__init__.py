"""What a segment index stores."""
