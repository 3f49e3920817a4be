"""The SQL of SMPP accounts. The catalogue's convention."""

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
    "drop_lanes": "DELETE FROM lane WHERE receiver = :account",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
