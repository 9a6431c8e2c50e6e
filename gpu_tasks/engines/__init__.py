"""The models behind the tasks, one file each; `catalog.toml` pins every weight."""
