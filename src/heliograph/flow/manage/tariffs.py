"""Tariffs: created, changed, deleted while no device has them. A new price counts for what comes later."""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.labels import bad_description, bad_range
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.tariff import Tariff
from heliograph.flow.manage.organisations import refuses_name, refuses_organisation
from heliograph.flow.manage.policies import LARGEST_PRICE
from heliograph.flow.manage.requests import DeleteTariff, NewTariff, SetTariff, TariffWish
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction

TariffRequest = NewTariff | SetTariff | DeleteTariff


class ManageTariffs(OneByOne[TariffRequest, Tariff | Refusal]):
    """In the order asked for. The answer is the tariff as it then stands, or as it was."""

    async def answer(self, tx: Transaction, request: TariffRequest) -> Tariff | Refusal:
        if isinstance(request, NewTariff):
            return await self._create(tx, request)
        id = (await tariff_ids(tx, request.org, [request.tariff])).get(request.tariff)
        if id is None:
            return refuse("unknown_tariff")
        old = (await tx.admin.load(Tariff, [id]))[id]
        if isinstance(request, DeleteTariff):
            return await self._delete(tx, old)
        changed = await _apply(tx, old, request.wish)
        if isinstance(changed, Tariff):
            await tx.admin.change([changed])
        return changed

    async def _create(self, tx: Transaction, request: NewTariff) -> Tariff | Refusal:
        refusal = await refuses_organisation(tx, request.org) or await refuses_name(
            tx, Tariff, request.org, request.name
        )
        if refusal is not None:
            return refusal
        new = Tariff(tx.next_id(0), request.org, request.name, created_at=tx.now)
        tariff = await _apply(tx, new, replace(request.wish, name=UNSET))
        if isinstance(tariff, Tariff):
            await tx.admin.add([tariff])
        return tariff

    async def _delete(self, tx: Transaction, tariff: Tariff) -> Tariff | Refusal:
        users = await tx.admin.count_users(tariff)
        if users:
            by = f"{users} device{'s' if users > 1 else ''}"
            return refuse("in_use", "tariff", f"The tariff {tariff.name} is in use by {by}.")
        await tx.admin.drop([tariff])
        return tariff


async def tariff_ids(tx: Transaction, org: int, wanted: Sequence[int | str | None]) -> dict[int | str, int]:
    """The organisation's tariffs of these ids and names."""
    ids = sorted({tariff for tariff in wanted if isinstance(tariff, int)})
    names = sorted({tariff for tariff in wanted if isinstance(tariff, str)})
    found: dict[int | str, int] = {}
    if ids:
        tariffs = await tx.admin.load(Tariff, ids)
        found.update({id: id for id, tariff in tariffs.items() if tariff.org == org})
    if names:
        found.update(await tx.admin.find(Tariff, org, names))
    return found


async def _apply(tx: Transaction, tariff: Tariff, wish: TariffWish) -> Tariff | Refusal:
    refusal = None
    for name in ("price_mo", "price_mt"):
        price = getattr(wish, name)
        if price is not UNSET:
            refusal = refusal or bad_range(name, price, 0, LARGEST_PRICE)
    if wish.description is not UNSET:
        refusal = refusal or bad_description(wish.description)
    if refusal is None and wish.name is not UNSET and wish.name != tariff.name:
        refusal = await refuses_name(tx, Tariff, tariff.org, wish.name)
    if refusal is not None:
        return refusal
    return as_wished(tariff, wish, updated_at=tx.now)
