"""The SQL of logins. The catalogue's convention."""

from heliograph.core.organisation import Account, Token
from heliograph.core.security.access import Guard, Invitation, MfaKey, Session, TokenUse, TrustedDevice
from heliograph.store.sql.catalogue import columns, compile_sql, one_of

_WRITES: dict[str, str] = {
    "guard": f"SELECT {columns(Guard)} FROM login_guard WHERE key = :key",
    "write_guard": """INSERT INTO login_guard(key, failures, locked_until, at)
        VALUES(:key, :failures, :locked_until, :at) ON CONFLICT(key) DO UPDATE SET
        failures = excluded.failures, locked_until = excluded.locked_until, at = excluded.at""",
    "drop_guard": "DELETE FROM login_guard WHERE key = :key",
    "drop_guards": """DELETE FROM login_guard WHERE key IN (SELECT key FROM login_guard
        WHERE at <= :before ORDER BY at LIMIT :most)""",
    "add_session": f"""INSERT INTO session({columns(Session)}) VALUES(:id, :org, :account, :hash,
        :created_at, :expires_at, :address, :agent, :seen_at, :seen_from)""",
    "sessions": f"SELECT {columns(Session)} FROM session WHERE account = :account ORDER BY id",
    "see_session": "UPDATE session SET seen_at = :at, seen_from = :address WHERE id = :id AND org = :org",
    "see_token": """INSERT INTO token_use(token, org, at, address) VALUES(:token, :org, :at, :address)
        ON CONFLICT(token) DO UPDATE SET at = excluded.at, address = excluded.address""",
    "invitations": f"SELECT {columns(Invitation)} FROM invitation WHERE account = :account",
    "invitation": f"SELECT {columns(Invitation)} FROM invitation WHERE hash = :digest",
    "drop_sessions": """DELETE FROM session WHERE account = :account AND id NOT IN (
        SELECT id FROM session WHERE account = :account ORDER BY created_at DESC, id DESC LIMIT :keep)""",
    "drop_session": "DELETE FROM session WHERE account = :account AND id = :id",
    "drop_expired_sessions": """DELETE FROM session WHERE id IN (SELECT id FROM session
        WHERE expires_at <= :before ORDER BY expires_at LIMIT :most)""",
    "keys": f"SELECT {columns(MfaKey)} FROM mfa_key WHERE account = :account ORDER BY id",
    "use_step": "UPDATE mfa_key SET last_step = :step WHERE id = :id AND last_step < :step RETURNING id",
    "trusted": f"""SELECT {columns(TrustedDevice)} FROM trusted_device WHERE account = :account
        ORDER BY created_at, id""",
    "linked": """SELECT id FROM account
        WHERE org = :org AND issuer = :issuer AND subject = :subject AND subject <> ''""",
    "administrators": """SELECT id FROM account WHERE org = :org AND status = 1
        AND ' ' || role || ' ' LIKE '% administrator %'""",
}
WRITES = {name: compile_sql(text, "sqlite") for name, text in _WRITES.items()}

_READS: dict[str, str] = {
    "access_guard": _WRITES["guard"],
    "access_token": f"SELECT {columns(Token)} FROM token WHERE id = :id",
    "access_account": f"SELECT {columns(Account)} FROM account WHERE id = :id",
    "access_accounts": f"SELECT {columns(Account)} FROM account WHERE org = :org AND {one_of('id', 'ids')}",
    "access_keys": f"SELECT {columns(MfaKey)} FROM mfa_key WHERE account = :account ORDER BY id",
    "access_keys_of_org": f"SELECT {columns(MfaKey)} FROM mfa_key WHERE org = :org ORDER BY id",
    "access_trusted": _WRITES["trusted"],
    "access_session": f"SELECT {columns(Session)} FROM session WHERE id = :id AND account = :account",
    "access_sessions": _WRITES["sessions"],
    "access_token_uses": f"SELECT {columns(TokenUse)} FROM token_use WHERE org = :org",
    "access_invitation": _WRITES["invitation"],
    "access_session_of": f"SELECT {columns(Session)} FROM session WHERE hash = :digest",
}
READS = {name: compile_sql(text, "sqlite") for name, text in _READS.items()}
