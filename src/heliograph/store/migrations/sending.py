"""What comes with sending by API: labels of messages, and the answers kept under idempotency keys."""

TEXT = """
CREATE TABLE message_label(
    message @INT@ PRIMARY KEY, org @INT@ NOT NULL, at @INT@ NOT NULL, reference TEXT, tags TEXT NOT NULL,
    batch @INT@, number @INT@ NOT NULL)@STRICT@;
CREATE INDEX message_label_tagged ON message_label(org, at, message) WHERE tags <> '';
CREATE INDEX message_label_reference ON message_label(org, reference, at, message)
    WHERE reference IS NOT NULL;
CREATE INDEX message_label_batch ON message_label(batch, message) WHERE batch IS NOT NULL;

CREATE TABLE kept_answer(
    org @INT@ NOT NULL, key TEXT NOT NULL, at @INT@ NOT NULL, fingerprint @BYTES@ NOT NULL,
    refused @INT@ NOT NULL, answer @BYTES@ NOT NULL, PRIMARY KEY(org, key))@KEYED@;
CREATE INDEX kept_answer_age ON kept_answer(org, at)
"""
