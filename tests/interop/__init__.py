"""Peers that nobody here wrote, as processes or by their own libraries, against a real `heliograph serve`."""
