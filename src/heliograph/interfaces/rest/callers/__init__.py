"""Callers: who calls, from where, what they may, and how often. Logins and the tokens that they end in."""
