"""The directory: what a call has to know beside its message (names, and the secret that signs it), read for a
whole batch at once and believed for a moment.

In: devices, organisations, secrets, by id. Out: names and keys.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.callback import CallbackSecret
from heliograph.core.delivery import Job
from heliograph.flow.ports import Clock
from heliograph.flow.ports.callbacks import CallbackReader
from heliograph.interfaces.webhook.signature import Keys, keys_of
from heliograph.runtime.vault import Sealed, Vault

BELIEVED_MS = 2_000
KEPT_MS = 60_000
MOST_BELIEVED = 50_000


def purpose_of(org: int) -> str:
    """What a secret of an organisation is sealed for."""
    return f"callback secret of {org}"


class Unsealable(Struct, frozen=True):
    """The vault's key is another one: what it should sign must not go unsigned."""


class _Device(Struct, gc=False):
    name: str
    api_secret: int | None
    until: int


class _Opened(Struct):
    keys: Keys | Unsealable
    until: int


class _Organisation(Struct, gc=False):
    name: str
    until: int


NOBODY = _Device("", None, 0)


class Directory:
    """What was learned stays for longer than it is believed, so that a batch under way never loses it."""

    def __init__(self, reader: CallbackReader, vault: Vault, clock: Clock) -> None:
        self._reader = reader
        self._vault = vault
        self._clock = clock
        self._devices: dict[int, _Device] = {}
        self._secrets: dict[int, _Opened] = {}
        self._organisations: dict[int, _Organisation] = {}
        self._changes = 0

    def forget(self, secret: int) -> None:
        """It was changed: what is known of it is no longer believed, nor what is being read right now."""
        self._changes += 1
        if secret in self._secrets:
            self._secrets[secret].until = 0

    def name_of(self, device: int) -> str:
        return self._devices.get(device, NOBODY).name

    def organisation(self, org: int) -> str:
        found = self._organisations.get(org)
        return "" if found is None else found.name

    def keys(self, device: int, otherwise: int | None) -> Keys | Unsealable | None:
        """Of the secret that the device's policy names, or else the callback."""
        secret = self._devices.get(device, NOBODY).api_secret or otherwise
        if secret is None:
            return None
        opened = self._secrets.get(secret)
        return Unsealable() if opened is None else opened.keys

    def knows(self, jobs: Sequence[Job], otherwise: int | None) -> bool:
        """Can they all go without a look into the store?"""
        now = self._clock.now()
        return not self._unknown_secrets(jobs, otherwise, now) and all(
            self._is_known(job, now) for job in jobs
        )

    def _is_known(self, job: Job, now: int) -> bool:
        device, org = job.delivery.key, self._organisations.get(job.message.org)
        known = not device or self._devices.get(device, NOBODY).until > now
        return known and org is not None and org.until > now

    def _unknown_secrets(self, jobs: Sequence[Job], otherwise: int | None, now: int) -> set[int]:
        wanted = {self._devices.get(job.delivery.key, NOBODY).api_secret for job in jobs}
        wanted.add(otherwise)
        wanted.discard(None)
        return {
            secret
            for secret in wanted
            if secret is not None and ((opened := self._secrets.get(secret)) is None or opened.until <= now)
        }

    async def learn(self, jobs: Sequence[Job], otherwise: int | None) -> None:
        """One read for all of them."""
        now = self._clock.now()
        self._tidy(now)
        unknown = [job for job in jobs if not self._is_known(job, now)]
        devices = sorted({job.delivery.key for job in unknown} - {0})
        orgs = sorted({job.message.org for job in unknown})
        await self._read(devices, sorted(self._unknown_secrets(jobs, otherwise, now)), orgs, now)

    async def learn_of(self, org: int, secret: int | None) -> None:
        """What a call has to know that belongs to no device."""
        await self._read([], [] if secret is None else [secret], [org], self._clock.now())

    async def _read(
        self, devices: Sequence[int], secrets: Sequence[int], orgs: Sequence[int], now: int
    ) -> None:
        changes = self._changes
        context = await self._reader.context(devices, secrets, orgs)
        until = now + BELIEVED_MS if changes == self._changes else now
        for id in devices:
            self._devices[id] = _Device("", None, until)
        for one in context.addressees:
            self._devices[one.device] = _Device(one.name, one.api_secret, until)
        for org, name in context.organisations.items():
            self._organisations[org] = _Organisation(name, until)
        for secret in context.secrets:
            known = self._secrets.get(secret.id)
            if known is None or known.until <= now:
                self._secrets[secret.id] = _Opened(self.open(secret, now), until)

    def _tidy(self, now: int) -> None:
        if len(self._devices) > MOST_BELIEVED:
            before = now - KEPT_MS
            self._devices = {id: one for id, one in self._devices.items() if one.until > before}

    def open(self, secret: CallbackSecret, now: int) -> Keys | Unsealable:
        """Those of its values that sign now."""
        sealed = [secret.sealed]
        if secret.sealed_before is not None and now < (secret.before_until or 0):
            sealed.append(secret.sealed_before)
        try:
            return keys_of([self._vault.unseal(one, purpose_of(secret.org)).decode() for one in sealed])
        except Sealed:
            return Unsealable()
