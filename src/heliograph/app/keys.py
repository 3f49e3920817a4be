"""The keys of an installation: a new one in front, all secrets sealed anew, old keys taken out.

In: the vault, the store, and where the ring is kept. Out: what became of it. The ring is on disk before
anything is sealed with its new key, and an old key stays in it until `prune`, so a kill at any moment loses
nothing and `rotate` goes on where it was broken off.
"""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Any

from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.sealed import SEALED, KeyRing
from heliograph.flow.manage.resealing import KeysChanged, Looked, RecordKeys, Reseal, Slice
from heliograph.flow.ports import Store
from heliograph.runtime.vault import KEY_BYTES, KEY_NAME, MOST_KEYS, VARIABLE, Vault, write_keys


class Count(Struct, frozen=True):
    """Of sealed secrets."""

    secrets: int
    old: int  # that an older key seals, or sealed until now
    lost: int  # that no key of the ring opens


class Keys:
    def __init__(self, vault: Vault, folder: Path) -> None:
        self._vault = vault
        self._path = folder / KEY_NAME
        self._reseal = Reseal(vault)
        self._record = RecordKeys()

    def _document(self, count: Count, **more: Any) -> dict[str, Any]:
        return {
            "keys": len(self._vault.keys),
            "newest": self._vault.newest,
            "kept_in": VARIABLE if _is_given() else str(self._path),
            "secrets": count.secrets,
            "old": count.old,
            "lost": count.lost,
            **more,
        }

    async def show(self, store: Store) -> dict[str, Any]:
        return self._document(await self._walk(store, write=False))

    async def rotate(self, store: Store) -> dict[str, Any] | Refusal:
        """A rotation that was broken off is brought to its end; else it is a new one."""
        resumed = len(self._vault.keys) > 1 and (await self._walk(store, write=False)).old > 0
        if not resumed and not _is_given():
            if len(self._vault.keys) >= MOST_KEYS:
                return refuse("bad_value", reason=f"The ring has {MOST_KEYS} keys. Run `key prune` first.")
            await self._change(store, "rotate", [secrets.token_bytes(KEY_BYTES), *self._vault.keys])
        count = await self._walk(store, write=True)
        return self._document(Count(count.secrets, 0, count.lost), resealed=count.old, resumed=resumed)

    async def prune(self, store: Store) -> dict[str, Any] | Refusal:
        """Only the newest key stays. Nothing may need the others: they are gone for good."""
        if _is_given():
            reason = (
                f"The keys are in {VARIABLE}: leave its first one when `key show` tells of no old secret."
            )
            return refuse("bad_value", reason=reason)
        count = await self._walk(store, write=True)
        before = len(self._vault.keys)
        if before > 1:
            await self._change(store, "prune", self._vault.keys[:1])
        return self._document(Count(count.secrets, 0, count.lost), pruned=before - 1)

    async def _change(self, store: Store, action: str, keys: "list[bytes] | tuple[bytes, ...]") -> None:
        """On disk, then in use, then in the trail."""
        before = self._ring()
        await asyncio.to_thread(write_keys, self._path, keys)
        self._vault.take(keys)
        await store.run(self._record, [KeysChanged(action, before, self._ring())])

    def _ring(self) -> KeyRing:
        return KeyRing(len(self._vault.keys), self._vault.newest)

    async def _walk(self, store: Store, write: bool) -> Count:
        """Along all columns of the registry."""
        found, old, lost = 0, 0, 0
        for column in range(len(SEALED)):
            looked: Looked | None = None
            while looked is None or looked.last is not None:
                after = -1 if looked is None or looked.last is None else looked.last
                (looked,) = await store.run(self._reseal, [Slice(column, after, write)])
                found += looked.rows
                old += looked.old
                lost += looked.lost
        return Count(found, old, lost)


def _is_given() -> bool:
    """By the environment: then it is not ours to change."""
    return os.environ.get(VARIABLE) is not None
