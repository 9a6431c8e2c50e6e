"""VideoVector: routes below `/api/v2`."""
