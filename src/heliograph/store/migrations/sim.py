"""SIMs, each with a device or without. Operators that devices keep away from."""

TEXT = """
CREATE TABLE sim(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, iccid TEXT NOT NULL UNIQUE, imsi TEXT NOT NULL,
    msisdn TEXT NOT NULL, bic TEXT NOT NULL, status @INT@ NOT NULL, device @INT@, created_at @INT@ NOT NULL,
    activated_at @INT@, assigned_at @INT@)@STRICT@;
CREATE INDEX sim_of_org ON sim(org);
CREATE UNIQUE INDEX sim_imsi ON sim(imsi) WHERE imsi <> '';
CREATE UNIQUE INDEX sim_msisdn ON sim(msisdn) WHERE msisdn <> '';
CREATE UNIQUE INDEX sim_device ON sim(device) WHERE device IS NOT NULL;
CREATE INDEX sim_batch ON sim(org, bic) WHERE bic <> '';

CREATE TABLE avoided_operator(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, device @INT@ NOT NULL, operator @INT@ NOT NULL,
    UNIQUE(device, operator))@STRICT@
"""
