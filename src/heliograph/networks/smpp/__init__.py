"""Operators' SMS centres that we bind to by SMPP, as their clients. `upstreams.Upstreams` is all of it."""
