"""What a start needs is not to be had. On its own, so that whoever reports it imports nothing else."""


class Unavailable(Exception):
    """The store, or something else that a start needs. The text says what and why."""
