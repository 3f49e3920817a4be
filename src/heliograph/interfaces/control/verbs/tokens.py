"""The commands about tokens of applications."""

from msgspec import Struct
from msgspec.structs import asdict

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import NewToken, RevokeToken
from heliograph.flow.shown import show_token
from heliograph.interfaces.control.translate import Document, Moment, known_id
from heliograph.interfaces.control.verb import Call, Nothing, Verb


class CreateToken(Struct, forbid_unknown_fields=True):
    name: str
    scopes: tuple[str, ...]
    expires_at: Moment | None = None
    networks: tuple[str, ...] = ()


class OfToken(Struct, forbid_unknown_fields=True):
    token: int

    def __post_init__(self) -> None:
        self.token = known_id(self.token)


async def create(call: Call[CreateToken]) -> Document | Refusal:
    wish = call.arguments
    request = NewToken(call.org, wish.name, wish.scopes, wish.expires_at, wish.networks)
    made = await call.run(call.services.flows.create_tokens, request)
    return made if isinstance(made, Refusal) else asdict(made)


async def list_all(call: Call[Nothing]) -> Document:
    return await call.items([asdict(row) for row in await call.services.browse.tokens(call.org)])


async def revoke(call: Call[OfToken]) -> Document | Refusal:
    request = RevokeToken(call.org, call.arguments.token)
    token = await call.run(call.services.flows.revoke_tokens, request)
    call.services.forget_access()
    return token if isinstance(token, Refusal) else asdict(show_token(token))


VERBS = {
    "token.create": Verb(CreateToken, create),
    "token.list": Verb(Nothing, list_all),
    "token.revoke": Verb(OfToken, revoke),
}
