"""Routing: which network carries a device's SMS, and whether that network can carry this one."""

from collections.abc import Mapping

from msgspec import Struct

from heliograph.core.content import Content
from heliograph.core.refusal import Refusal, refuse
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs


class Capability(Struct, frozen=True):
    """What a network carries. NB-IoT operators differ in this, so it is said per network."""

    mt: bool = True
    mo: bool = True
    binary: bool = True
    ucs2: bool = True
    user_data_header: bool = True
    segments: int = 255


class Routes(Struct, frozen=True):
    """The networks that are configured, by name."""

    networks: Mapping[str, Capability]

    def refuses(self, network: str, content: Content) -> Refusal | None:
        """None when the network can carry it."""
        capability = self.networks.get(network)
        if capability is None:
            return refuse("no_network", f"network {network}")
        lacking = lacks(capability, content)
        return refuse("not_supported", f"network {network}: {lacking}") if lacking else None


def lacks(capability: Capability, content: Content) -> str | None:
    """The first thing that the network lacks for it."""
    if not capability.mt:
        return "mt"
    if content.segments > capability.segments:
        return "segments"
    has_header = content.udh or content.segments > 1 or content.languages
    if has_header and not capability.user_data_header:
        return "user_data_header"
    if content.dcs == 0:
        return None
    alphabet = parse_dcs(content.dcs).alphabet
    if alphabet == Alphabet.OCTETS and not capability.binary:
        return "binary"
    return "ucs2" if alphabet == Alphabet.UCS2 and not capability.ucs2 else None
