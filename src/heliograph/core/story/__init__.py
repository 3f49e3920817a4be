"""A message's story: the timeline as it is kept, where a message stands, and both in words for people."""
