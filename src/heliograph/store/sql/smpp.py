"""The SQL of SMPP accounts. The catalogue's convention."""

from heliograph.core.message import Message
from heliograph.core.smpp_account import SmppAccount
from heliograph.store.sql.catalogue import columns, compile_sql

_TEXTS: dict[str, str] = {
    "accounts": f"""SELECT {columns(SmppAccount)} FROM smpp_account
        WHERE CAST(:org AS BIGINT) IS NULL OR org = :org ORDER BY system_id""",
    "account": f"SELECT {columns(SmppAccount)} FROM smpp_account WHERE org = :org AND id = :id",
    "account_named": f"SELECT {columns(SmppAccount)} FROM smpp_account WHERE system_id = :system_id",
    "count": "SELECT count(*) FROM smpp_account WHERE org = :org",
    "policies": """SELECT count(*) FROM policy
        WHERE org = :org AND (smpp_account = :account OR application = :account)""",
    "alike": """SELECT d.id FROM delivery d [[sqlite:CROSS]] JOIN message m ON m.id = d.message
        WHERE d.receiver = :receiver AND d.key = :key AND d.place <> 1 AND d.place <> 3 AND d.kind = 0
        AND m.sender = :sender AND m.source = :source AND m.final_at IS NULL
        AND (CAST(:service_type AS TEXT) IS NULL OR m.service_type = :service_type)
        ORDER BY m.accepted_at, m.id""",
    # By the index of what waits for applications: as many steps as may wait, and none for who has less.
    "newest_beyond": """SELECT position FROM delivery
        WHERE receiver = :account AND receiver > 0 AND place = 0
        ORDER BY position DESC LIMIT 1 OFFSET :most""",
    "beyond": """SELECT id FROM delivery
        WHERE receiver = :account AND receiver > 0 AND place = 0 AND position <= :newest
        ORDER BY position LIMIT :most""",
    "message": f"""SELECT {columns(Message)} FROM message
        WHERE id = :id AND org = :org AND sender = :sender""",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
