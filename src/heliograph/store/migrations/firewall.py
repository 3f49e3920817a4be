"""Firewalls: rule sets, what is remembered of devices for them; and the suppression list."""

TEXT = """
CREATE TABLE firewall(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, owner @INT@ NOT NULL, rules TEXT NOT NULL,
    changed_at @INT@ NOT NULL)@STRICT@;
CREATE TABLE watch(
    device @INT@ PRIMARY KEY, org @INT@ NOT NULL, rates TEXT NOT NULL, hour @INT@ NOT NULL,
    sent @INT@ NOT NULL, usual @INT@ NOT NULL, since @INT@ NOT NULL, held_at @INT@, held_until @INT@,
    held_rule TEXT NOT NULL, blocked @INT@ NOT NULL, told_at @INT@ NOT NULL, untold @INT@ NOT NULL)@STRICT@;
CREATE TABLE suppression(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, number TEXT NOT NULL, created_at @INT@ NOT NULL,
    word TEXT NOT NULL, UNIQUE(org, number))@STRICT@;
CREATE TABLE stop_words(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, stop TEXT NOT NULL, start TEXT NOT NULL)@STRICT@
"""
