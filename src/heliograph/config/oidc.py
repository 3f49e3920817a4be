"""The settings of `[oidc]`: a provider of OpenID Connect by which people sign in."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from heliograph.config.setting import Secret

Text = Annotated[str, Meta(max_length=500)]
Range = Annotated[str, Meta(pattern="^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$")]  # of addresses


class Oidc(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    issuer: Annotated[
        str,
        Meta(
            pattern="^(https?://[^?#]+)?$",
            max_length=500,
            description="Issuer of the OpenID Connect provider by which people may sign in; empty: none.",
        ),
    ] = ""
    client_id: Annotated[Text, Meta(description="What the provider calls this installation.")] = ""
    client_secret: Annotated[
        Text, Meta(description="The secret that goes with it; empty: the provider wants none."), Secret
    ] = ""
    name: Annotated[
        str, Meta(min_length=1, max_length=60, description="What people know the provider as.")
    ] = "Single sign-on"
    organisation: Annotated[
        Text, Meta(description="Name of the organisation whose people it knows; empty: the first one.")
    ] = ""
    username_claim: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100,
            description="The claim that is the user's name here; an e-mail address has to be verified.",
        ),
    ] = "email"
    domains: Annotated[
        tuple[Annotated[str, Meta(pattern="^[a-z0-9.-]{1,253}$")], ...],
        Meta(max_length=100, description="Domains of user names that may come in; none named: all."),
    ] = ()
    role_claim: Annotated[
        str, Meta(max_length=100, description="The claim that `roles` looks at, such as groups.")
    ] = ""
    roles: Annotated[
        tuple[Annotated[str, Meta(pattern="^.{1,200}=(administrator|user|observer)$")], ...],
        Meta(
            max_length=100,
            description="Values of that claim with the role that each gives, as staff=user, the first that "
            "fits; who has none does not come in. None named: roles are given here.",
        ),
    ] = ()
    create: Annotated[
        bool, Meta(description="Whether who is unknown is made a user; needs domains or roles.")
    ] = False
    create_role: Annotated[
        Literal["administrator", "user", "observer"],
        Meta(description="Role of those who are made, where `roles` gives none."),
    ] = "observer"
    allow: Annotated[
        tuple[Range, ...],
        Meta(
            max_length=64,
            description="Ranges in which the provider may be beside public addresses, as 127.0.0.0/8; "
            "with one named, http is taken, too.",
        ),
    ] = ()
