"""Where the store keeps sealed secrets: the registry that a rotation of keys walks along.

Whoever adds a column with something that the vault sealed adds it here. A test compares with the schema.
"""

from msgspec import Struct


class SealedColumn(Struct, frozen=True):
    """A column of a table whose rows have an id and an organisation. NULL is nothing."""

    table: str
    column: str
    purpose: str  # what it is sealed for; {org} stands for the row's organisation

    def purpose_of(self, org: int) -> str:
        return self.purpose.format(org=org)


SEALED: tuple[SealedColumn, ...] = (
    SealedColumn("callback_secret", "sealed", "callback secret of {org}"),
    SealedColumn("callback_secret", "sealed_before", "callback secret of {org}"),
    SealedColumn("upstream", "password", "upstream password of {org}"),
    SealedColumn("mfa_key", "seed", "mfa"),
)


class SealedRow(Struct, frozen=True):
    id: int
    org: int
    octets: bytes


class KeyRing(Struct, frozen=True):
    """What the audit trail tells of the keys: never the keys."""

    keys: int
    newest: str  # its mark, which tells keys apart
    id: int = 0
    org: int = 0  # the whole installation
