"""Reads beside the writer, for people: read-only connections, short snapshots, bounded pages of one
organisation.
"""
