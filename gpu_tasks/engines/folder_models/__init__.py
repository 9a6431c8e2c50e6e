"""Engines for models that are not part of the installation, in folders of `MODEL_WEIGHTS_DIR`."""
