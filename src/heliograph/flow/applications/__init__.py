"""What waits for applications, whatever kind they are, and ends before they hear of it."""
