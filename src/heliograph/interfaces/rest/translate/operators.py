"""Operators: a small table of networks and their codes, from a file beside this package.

An operator's id is its country code and first network code (262 and 01 are 262001), a country's is its
ISO 3166-1 number. TAP codes stand where they are known.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

CODES_OF_MCC = 1_000


class Country(Struct, frozen=True):
    id: int
    name: str
    mcc: str


class Mnc(Struct, frozen=True):
    id: int
    mnc: str


class TapCode(Struct, frozen=True):
    id: int
    tapcode: str


class Operator(Struct, frozen=True):
    id: int
    name: str
    country: Country
    tapcode: list[TapCode]
    mnc: list[Mnc]


@cache
def operators() -> Mapping[int, Operator]:
    """By id, in the order of their codes."""
    text = files("heliograph.interfaces.rest").joinpath("operators.csv").read_text("utf-8")
    found = [_operator(row) for row in csv.DictReader(text.splitlines())]
    return {operator.id: operator for operator in found}


def _operator(row: dict[str, str]) -> Operator:
    mcc, mncs = int(row["mcc"]), row["mncs"].split(";")
    numbers = [mcc * CODES_OF_MCC + int(mnc) for mnc in mncs]
    return Operator(
        numbers[0],
        row["name"],
        Country(int(row["country_id"]), row["country"], row["mcc"]),
        [TapCode(numbers[0], code) for code in row["tapcodes"].split(";") if code],
        [Mnc(number, mnc) for number, mnc in zip(numbers, mncs, strict=True)],
    )
