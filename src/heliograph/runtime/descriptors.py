"""Descriptors: how many files and sockets this process may have open. Many systems start programs with a low
limit that they may raise by themselves.
"""

import resource

WANTED = 65_536


def raise_limit() -> int:
    """As far as the system lets us; how many there may be now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return WANTED if soft == resource.RLIM_INFINITY else soft
