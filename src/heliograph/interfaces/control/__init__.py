"""The local socket: how the command line drives a running server. Readable by its owner only.

`frames` is the format, `inlet` serves it, `outlet` carries deliveries to listening applications, `client`
speaks it from another process, `verbs` are the commands themselves, `translate` turns rows into what
people read.
"""
