"""What the text reader needs around its model: small letters, spaces between words, and the rejection of noise."""
