"""Machinery that knows no SMS: clock, tasks, locks, logs."""
