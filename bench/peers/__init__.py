"""Other SMS gateways on the same path, in turn with us: `make bench-peers`."""
