"""What people manage, a file for each kind: devices, SIMs, policies, users, callbacks … Every change runs in
one transaction and leaves its entry in the audit trail.
"""
