"""Logins: sessions, second factors, trusted devices, invitations, and how often a name failed."""

TEXT = """
CREATE TABLE session(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, account @INT@ NOT NULL, hash @BYTES@ NOT NULL UNIQUE,
    created_at @INT@ NOT NULL, expires_at @INT@ NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL,
    seen_at @INT@ NOT NULL, seen_from TEXT NOT NULL)@STRICT@;
CREATE INDEX session_of_account ON session(account, id);

CREATE TABLE mfa_key(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, account @INT@ NOT NULL, status @INT@ NOT NULL,
    seed @BYTES@ NOT NULL, created_at @INT@ NOT NULL, activated_at @INT@, last_step @INT@ NOT NULL,
    codes TEXT NOT NULL, codes_left @INT@ NOT NULL)@STRICT@;
CREATE INDEX mfa_key_of_account ON mfa_key(account, id);

CREATE TABLE trusted_device(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, account @INT@ NOT NULL, hash @BYTES@ NOT NULL,
    operating_system TEXT NOT NULL, browser TEXT NOT NULL, created_at @INT@ NOT NULL,
    expires_at @INT@ NOT NULL, UNIQUE(account, hash))@STRICT@;

CREATE TABLE invitation(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, account @INT@ NOT NULL UNIQUE, hash @BYTES@ NOT NULL UNIQUE,
    created_at @INT@ NOT NULL, expires_at @INT@ NOT NULL)@STRICT@;

CREATE TABLE token_use(
    token @INT@ PRIMARY KEY, org @INT@ NOT NULL, at @INT@ NOT NULL, address TEXT NOT NULL)@STRICT@;
CREATE INDEX token_use_of_org ON token_use(org);

CREATE TABLE login_guard(
    key TEXT PRIMARY KEY, failures @INT@ NOT NULL, locked_until @INT@, at @INT@ NOT NULL)@KEYED@;
CREATE INDEX login_guard_age ON login_guard(at)
"""
