"""Callbacks, their secrets, and the log of their calls."""

TEXT = """
CREATE TABLE callback(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, url TEXT NOT NULL, purpose TEXT NOT NULL, events TEXT NOT NULL,
    api_secret @INT@, window @INT@, disabled TEXT NOT NULL, created_at @INT@ NOT NULL)@STRICT@;
CREATE INDEX callback_of_org ON callback(org, id);
CREATE INDEX callback_subscriber ON callback(org) WHERE events <> '';
CREATE TABLE callback_secret(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, purpose TEXT NOT NULL, sealed @BYTES@ NOT NULL,
    sealed_before @BYTES@, before_until @INT@, created_at @INT@ NOT NULL)@STRICT@;
CREATE INDEX callback_secret_of_org ON callback_secret(org, id);
CREATE TABLE callback_attempt(
    callback @INT@ NOT NULL, number @INT@ NOT NULL, org @INT@ NOT NULL, at @INT@ NOT NULL,
    kind @INT@ NOT NULL, subject @INT@ NOT NULL, device @INT@ NOT NULL, attempt @INT@ NOT NULL,
    code TEXT NOT NULL, status @INT@, latency_ms @INT@ NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY(callback, number))@KEYED@;
CREATE TABLE departed(
    device @INT@ PRIMARY KEY, name TEXT NOT NULL, api_secret @INT@, at @INT@ NOT NULL)@STRICT@;
CREATE INDEX departed_at ON departed(at)
"""
