"""The demo clip and the search library: scripts, truth tables and the programs that render them."""
