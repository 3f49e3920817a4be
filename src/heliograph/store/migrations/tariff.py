"""Tariffs."""

TEXT = """
CREATE TABLE tariff(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
    price_mo @INT@ NOT NULL, price_mt @INT@ NOT NULL, created_at @INT@ NOT NULL, updated_at @INT@ NOT NULL,
    UNIQUE(org, name))@STRICT@;
CREATE INDEX device_policy ON device(org, policy);
CREATE INDEX device_tariff ON device(org, tariff) WHERE tariff IS NOT NULL;
CREATE INDEX quota_end ON quota(expires_at) WHERE expires_at IS NOT NULL AND ended = 0
"""
