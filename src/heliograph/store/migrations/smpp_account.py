"""SMPP accounts."""

TEXT = """
CREATE TABLE smpp_account(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, system_id TEXT NOT NULL UNIQUE, password TEXT NOT NULL,
    version @INT@ NOT NULL, networks TEXT NOT NULL, binds TEXT NOT NULL, most_binds @INT@ NOT NULL,
    window @INT@ NOT NULL, their_window @INT@ NOT NULL, rate_per_s @INT@, source TEXT NOT NULL,
    receipt_coding TEXT NOT NULL, mo_per_part TEXT NOT NULL, payload_from @INT@ NOT NULL,
    most_waiting @INT@ NOT NULL,
    enabled @INT@ NOT NULL, external @INT@ NOT NULL, created_at @INT@ NOT NULL,
    updated_at @INT@ NOT NULL)@STRICT@;
CREATE INDEX smpp_account_of_org ON smpp_account(org, system_id)
"""
