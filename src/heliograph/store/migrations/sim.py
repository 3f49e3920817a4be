"""SIMs, each with a device or without; a device that had an IMSI has a SIM from then on. Operators that
devices keep away from.
"""

# 8999: telecommunications, of no country; ITU-T E.118 §4.
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
INSERT INTO sim(id, org, iccid, imsi, msisdn, bic, status, device, created_at, activated_at, assigned_at)
    SELECT id, org, '8999' || imsi, imsi, msisdn, '', 1, id, created_at, created_at, created_at
    FROM device WHERE imsi <> '';

CREATE TABLE avoided_operator(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, device @INT@ NOT NULL, operator @INT@ NOT NULL,
    UNIQUE(device, operator))@STRICT@
"""
