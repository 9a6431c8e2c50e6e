"""The models of the tasks, one module each; `catalog.toml` pins every weight."""
