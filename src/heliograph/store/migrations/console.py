"""The third-party console: its links, and what went through it."""

TEXT = """
CREATE TABLE console_link(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL, hash @BYTES@ NOT NULL UNIQUE,
    password TEXT NOT NULL, devices TEXT NOT NULL, tag TEXT NOT NULL, commands TEXT NOT NULL,
    free_text @INT@ NOT NULL, rate @INT@ NOT NULL, source TEXT NOT NULL, created_at @INT@ NOT NULL,
    expires_at @INT@ NOT NULL, revoked_at @INT@)@STRICT@;
CREATE INDEX console_link_of_org ON console_link(org, id);
CREATE TABLE console_sent(
    message @INT@ PRIMARY KEY, org @INT@ NOT NULL, link @INT@ NOT NULL, device @INT@ NOT NULL,
    at @INT@ NOT NULL, label TEXT NOT NULL)@STRICT@;
CREATE INDEX console_sent_of_link ON console_sent(link, at);
CREATE INDEX console_sent_to_device ON console_sent(link, device, at)
"""
