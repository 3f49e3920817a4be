"""The commands about tariffs."""

from msgspec import Struct
from msgspec.structs import asdict

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.tariff import Tariff
from heliograph.flow.manage.requests import DeleteTariff, NewTariff, SetTariff, TariffWish
from heliograph.flow.manage.tariffs import TariffRequest
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import A, Call, Nothing, Verb


class OfTariff(Struct, forbid_unknown_fields=True):
    tariff: str


class WishTariff(Struct, forbid_unknown_fields=True):
    tariff: str
    wish: TariffWish


async def list_all(call: Call[Nothing]) -> Document:
    rows = await call.services.policies.tariffs(call.org)
    used = await call.services.policies.tariff_users(call.org)
    return await call.items([_document(tariff, used.get(tariff.id, 0)) for tariff in rows])


async def show(call: Call[OfTariff]) -> Document | Refusal:
    tariff = await _named(call, call.arguments.tariff)
    return tariff if isinstance(tariff, Refusal) else await _shown(call, tariff)


async def create(call: Call[WishTariff]) -> Document | Refusal:
    return await _asked(call, NewTariff(call.org, call.arguments.tariff, call.arguments.wish))


async def change(call: Call[WishTariff]) -> Document | Refusal:
    tariff = await _named(call, call.arguments.tariff)
    if isinstance(tariff, Refusal):
        return tariff
    return await _asked(call, SetTariff(call.org, tariff.id, call.arguments.wish))


async def delete(call: Call[OfTariff]) -> Document | Refusal:
    tariff = await _named(call, call.arguments.tariff)
    return tariff if isinstance(tariff, Refusal) else await _asked(call, DeleteTariff(call.org, tariff.id))


async def _named(call: Call[A], which: str) -> Tariff | Refusal:
    return await call.services.policies.tariff_named(call.org, which) or refuse("unknown_tariff")


async def _asked(call: Call[A], request: TariffRequest) -> Document | Refusal:
    answer = await call.run(call.services.flows.tariffs, request)
    return answer if isinstance(answer, Refusal) else await _shown(call, answer)


async def _shown(call: Call[A], tariff: Tariff) -> Document:
    used = await call.services.policies.tariff_users(call.org, tariff.id)
    return _document(tariff, used.get(tariff.id, 0))


def _document(tariff: Tariff, used: int) -> Document:
    document = asdict(tariff)
    del document["org"]
    return {**document, "devices": used}


VERBS = {
    "tariff.list": Verb(Nothing, list_all),
    "tariff.show": Verb(OfTariff, show),
    "tariff.create": Verb(WishTariff, create),
    "tariff.set": Verb(WishTariff, change),
    "tariff.delete": Verb(OfTariff, delete),
}
