"""The SMPP accounts that there are, in memory: read at the start, told at once when people change them.

In: rows as they come and change. Out: the same to whoever follows, and an answer to "who is this?" that costs
no look into the store.
"""

from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.ports.smpp import SmppListener, SmppReader


class SmppAccounts:
    """The seam `flow/ports/smpp.SmppDirectory`. One that is switched off is here as well."""

    def __init__(self, reader: SmppReader) -> None:
        self._reader = reader
        self._by_id: dict[int, SmppAccount] = {}
        self._by_system_id: dict[str, SmppAccount] = {}
        self._listeners: list[SmppListener] = []

    async def start(self) -> None:
        for account in await self._reader.accounts(None):
            self.put(account)

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def of_id(self, id: int) -> SmppAccount | None:
        return self._by_id.get(id)

    def of_system_id(self, system_id: str) -> SmppAccount | None:
        return self._by_system_id.get(system_id)

    def all(self) -> list[SmppAccount]:
        return list(self._by_id.values())

    def follow(self, listener: SmppListener) -> None:
        """It hears of all there are now, and of every change from now on."""
        self._listeners.append(listener)
        for account in self.all():
            listener.put(account)

    def put(self, account: SmppAccount) -> None:
        """Answers of two changes may come in any order: the newer row stays."""
        known = self._by_id.get(account.id)
        if known is not None:
            if (account.version, account.updated_at) < (known.version, known.updated_at):
                return
            self._forget_name(known)
        self._by_id[account.id] = self._by_system_id[account.system_id] = account
        for listener in self._listeners:
            listener.put(account)

    def remove(self, account: SmppAccount) -> None:
        known = self._by_id.pop(account.id, None)
        if known is not None:
            self._forget_name(known)
            for listener in self._listeners:
                listener.remove(known)

    def _forget_name(self, account: SmppAccount) -> None:
        """Unless another one bears it by now."""
        if self._by_system_id.get(account.system_id) is account:
            del self._by_system_id[account.system_id]
