"""Labels that people give: names, tags, subscriber numbers, networks. Is it well formed, and how is it
kept.

Out: the refusal that names the field, or None. Whether a label is taken is the store's to know.
"""

import re
from ipaddress import ip_address

from heliograph.core.address import is_device_number
from heliograph.core.refusal import Refusal, refuse

LONGEST_NAME = 100
LONGEST_TAGS = 1000
LONGEST_DESCRIPTION = 1000
_IMSI = re.compile(r"[0-9]{15}")  # 3GPP TS 23.003 §2.2
_IMEI = re.compile(r"[0-9]{14,16}")  # 3GPP TS 23.003 §6.2: with or without the check digit or version
_NETWORK = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def bad_name(name: str) -> Refusal | None:
    if 1 <= len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip():
        return None
    return _bad("name", f"A name has 1 to {LONGEST_NAME} printable characters, with no space around it.")


def bad_description(text: str) -> Refusal | None:
    if len(text) <= LONGEST_DESCRIPTION:
        return None
    return _bad("description", f"A description has at most {LONGEST_DESCRIPTION} characters.")


def bad_msisdn(msisdn: str) -> Refusal | None:
    """Empty is allowed: a device may be known by its IMSI alone."""
    if msisdn == "" or is_device_number(msisdn):
        return None
    return _bad("msisdn", "An MSISDN has 8 to 15 digits with the country code and without +.")


def bad_imsi(imsi: str) -> Refusal | None:
    if imsi == "" or _IMSI.fullmatch(imsi):
        return None
    return _bad("imsi", "An IMSI has 15 digits.")


def bad_imei(imei: str) -> Refusal | None:
    if imei == "" or _IMEI.fullmatch(imei):
        return None
    return _bad("imei", "An IMEI has 14 to 16 digits.")


def bad_ip_address(address: str) -> Refusal | None:
    try:
        if address:
            ip_address(address)
    except ValueError:
        return _bad("ip_address", "This is no IP address.")
    return None


def bad_network(network: str) -> Refusal | None:
    if _NETWORK.fullmatch(network):
        return None
    return _bad("network", "A network's name has small letters, digits, - and _, at most 40 of them.")


def tidy_tags(tags: str) -> str:
    """As they are kept: each once, in the order given, with no space around the commas."""
    return ",".join(dict.fromkeys(tag for part in tags.split(",") if (tag := part.strip())))


def bad_tags(tags: str) -> Refusal | None:
    if len(tags) <= LONGEST_TAGS and tags.isprintable():
        return None
    return _bad("tags", f"Tags are separated by commas and have at most {LONGEST_TAGS} characters.")


def bad_range(field: str, value: int, least: int, most: int) -> Refusal | None:
    if least <= value <= most:
        return None
    return _bad(field, f"{field} lies between {least} and {most}.")


def _bad(field: str, reason: str) -> Refusal:
    return refuse("bad_value", field, reason)
