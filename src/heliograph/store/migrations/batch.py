"""Batches, and the recipients that they could not take."""

TEXT = """
CREATE TABLE batch(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, created_at @INT@ NOT NULL, sender TEXT NOT NULL,
    name TEXT NOT NULL, payload TEXT NOT NULL, total @INT@ NOT NULL, state @INT@ NOT NULL,
    decided @INT@ NOT NULL, refused @INT@ NOT NULL, retry_of @INT@)@STRICT@;
CREATE INDEX batch_of_org ON batch(org, id);
CREATE INDEX batch_retries ON batch(retry_of) WHERE retry_of IS NOT NULL;
CREATE INDEX batch_unfinished ON batch(id) WHERE state = 1;
CREATE TABLE batch_refusal(
    batch @INT@ NOT NULL, number @INT@ NOT NULL, recipient TEXT NOT NULL, code TEXT NOT NULL,
    reason TEXT NOT NULL, rule TEXT NOT NULL, device @INT@, PRIMARY KEY(batch, number))@KEYED@
"""
