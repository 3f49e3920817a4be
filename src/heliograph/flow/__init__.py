"""Use cases, one file each: what happens after what. Each runs over a batch inside one transaction of the
store.
"""
