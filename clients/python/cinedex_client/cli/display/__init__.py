"""How videos, moments and answers look in a terminal; plain lines where there is none."""
