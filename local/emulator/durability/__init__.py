"""What the emulator acknowledges is on the disk: a journal in front of the state that it saves."""
