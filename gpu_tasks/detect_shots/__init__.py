"""Where one shot ends and the next begins, for the whole video."""
