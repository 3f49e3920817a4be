"""North: how people and applications reach the core. Each adapter is a folder and none knows another."""
