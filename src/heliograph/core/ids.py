"""Ids: `sequence × 256 + shard`, below 2^53. They name things and never order them."""

SHARDS = 256
LARGEST_ID = 2**53 - 1


def make_id(sequence: int, shard: int) -> int:
    """The id of the `sequence`-th thing whose hot rows live in `shard`."""
    return sequence * SHARDS + shard


def shard_of(id: int) -> int:
    """A message lives in its device's shard, so that one process owns both."""
    return id % SHARDS
