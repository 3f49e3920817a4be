"""Who may do what, and the proof of what was done: scopes and roles, the chain of the audit trail, and the
registry of sealed secrets.
"""
