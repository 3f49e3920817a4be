"""The embedded engine: SQLite on one writer thread with group commit."""
