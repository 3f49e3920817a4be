"""Lists of devices that stay quick at 100,000 of them; what people keep for themselves: views and templates.

`device_list` has all that a list filters by, so that a condition reads no row. The others are two of
its orders; for the rest, sorting is quick enough to spare each new device an index more.
"""

TEXT = """
CREATE INDEX device_list ON device(org, status, attached, policy, tags,
    lower(name || ' ' || msisdn || ' ' || imsi || ' ' || imei || ' ' || tags),
    name, msisdn, imsi, updated_at, created_at, tariff, imei, ip_address);
CREATE INDEX device_by_number ON device(org, msisdn);
CREATE INDEX device_by_change ON device(org, updated_at);
CREATE INDEX sim_of_device ON sim(org, device, iccid, status);

CREATE TABLE saved_view(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, owner @INT@, name TEXT NOT NULL, page TEXT NOT NULL,
    q TEXT NOT NULL, sort TEXT NOT NULL, columns TEXT NOT NULL, shared @INT@ NOT NULL,
    created_at @INT@ NOT NULL, updated_at @INT@ NOT NULL)@STRICT@;
CREATE INDEX saved_view_of_org ON saved_view(org, id);
CREATE TABLE sms_template(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, owner @INT@, name TEXT NOT NULL, payload TEXT NOT NULL,
    source TEXT NOT NULL, dcs @INT@, created_at @INT@ NOT NULL, updated_at @INT@ NOT NULL,
    UNIQUE(org, name))@STRICT@;
CREATE INDEX sms_template_of_org ON sms_template(org, id)
"""
