"""The audit trail."""

TEXT = """
CREATE TABLE audit(
    number @INT@ PRIMARY KEY, at @INT@ NOT NULL, org @INT@ NOT NULL, actor TEXT NOT NULL,
    address TEXT NOT NULL, action TEXT NOT NULL, kind TEXT NOT NULL, row @INT@ NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL, hash @BYTES@ NOT NULL)@STRICT@;
CREATE INDEX audit_of_org ON audit(org, number);
CREATE TABLE audit_head(
    id @INT@ PRIMARY KEY, number @INT@ NOT NULL, hash @BYTES@ NOT NULL, tag @BYTES@ NOT NULL)@STRICT@
"""
