"""The commands, by what they are about. Each asks, and says what it was told."""
