"""template.yaml itself, unpackaged, deployed to the emulator."""
