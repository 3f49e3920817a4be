"""One reader and one writer per PDU, made once from the layout that the PDU's fields are annotated with.

The text of each is put together and compiled, as `dataclasses` does, since a walk of the table for every PDU
takes five times as long. `source_of_reader` and `source_of_writer` show it. Comes in: a PDU class. Goes out:
functions. Never here: any PDU, framing, which PDU a command is.
"""

from collections.abc import Callable
from dataclasses import fields
from struct import Struct
from typing import NamedTuple, TypeVar, cast, get_args

from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.kinds import (
    KINDS,
    SHORT_MESSAGE_LIMIT,
    TIME_CHARACTERS,
    CString,
    Kind,
    Listed,
    Octet,
    ShortMessage,
    StatusField,
    Tail,
    TimeString,
)
from heliograph.wire.smpp.numbers import Status, status_of
from heliograph.wire.smpp.pdus import Pdu, Response
from heliograph.wire.smpp.tlv import read_good_tlvs, read_tlvs, write_tlvs

HEADER_OCTETS = 16
HEADER = Struct(">IIII")
"""command_length, command_id, command_status, sequence_number. SMPP 3.4 §3.2."""

Reader = Callable[[bytes, int], Pdu]
Writer = Callable[[Pdu, int, bool], bytes]
PduT = TypeVar("PduT", bound=type[Pdu])


class Field(NamedTuple):
    name: str
    kind: Kind


def layout_of(pdu: type[Pdu]) -> tuple[Field, ...]:
    """The fields of a PDU in the order in which they travel."""
    return tuple(Field(field.name, _kind(field.type)) for field in fields(pdu))


def _kind(annotation: object) -> Kind:
    (kind,) = (argument for argument in get_args(annotation) if isinstance(argument, KINDS))
    return kind


def make_reader(pdu: type[Pdu]) -> Reader:
    """Reads a whole PDU, its header too; given its status. Raises `MalformedPdu` with an empty header."""
    return cast(Reader, _compiled(source_of_reader(pdu), pdu, "read"))


def make_writer(pdu: type[Pdu]) -> Writer:
    """Writes a PDU, given its sequence number and whether TLVs may travel."""
    return cast(Writer, _compiled(source_of_writer(pdu), pdu, "write"))


def source_of_reader(pdu: type[Pdu]) -> str:
    """A request must be right. Of a response, what can be read is read: there is nobody to complain to."""
    forgiving = issubclass(pdu, Response)
    lines = ["def read(data, status):", " pdu = new(PDU)"]
    if forgiving:
        lines += [f" pdu.{field.name} = {field.name}_default" for field in layout_of(pdu)]
    lines += [" try:", "  text = data.decode('latin-1')", f"  at = {HEADER_OCTETS}"]
    offset = 0
    for name, kind in layout_of(pdu):
        if isinstance(kind, Octet):
            lines.append(f"  pdu.{name} = data[at + {offset}]")
            offset += 1
            continue
        if offset:
            lines.append(f"  at += {offset}")
            offset = 0
        lines += [f"  {line}" for line in _reading(name, kind, forgiving)]
    lines += [*(_FORGIVEN if forgiving else _BLAMED), " return pdu"]
    return "\n".join(lines)


_FORGIVEN = (" except (IndexError, Malformed):", "  pass")
_BLAMED = (" except IndexError:", "  raise cut_off() from None")


Wider = StatusField | CString | TimeString | ShortMessage | Listed | Tail
"""All but octets, which are read at their distance from what is before them."""


def _reading(name: str, kind: Wider, forgiving: bool) -> list[str]:
    match kind:
        case StatusField():
            return [f"pdu.{name} = status_of(status)"]
        case CString(octets, status):
            return _reading_string(name, octets, status, forgiving)
        case TimeString(status):
            is_wrong = f"pdu.{name} and len(pdu.{name}) != {TIME_CHARACTERS}"
            check = [f"if {is_wrong}: raise fault('{name}', {int(status)})"]
            octets = TIME_CHARACTERS + 1
            return _reading_string(name, octets, status, forgiving) + ([] if forgiving else check)
        case ShortMessage():
            return [
                "end = at + 1 + data[at]",
                f"if end > len(data): raise fault('{name}', {int(Status.RINVMSGLEN)})",
                f"pdu.{name} = data[at + 1:end]",
                "at = end",
            ]
        case Listed():
            return [f"pdu.{name}, at = read_{name}(data, at)"]
        case Tail():
            reader = "read_good_tlvs" if forgiving else "read_tlvs"
            return [f"pdu.{name} = {reader}(data, at) if at < len(data) else ()"]


def _reading_string(name: str, octets: int, status: Status, forgiving: bool) -> list[str]:
    # Most of these strings are empty most of the time: one look is cheaper than a search.
    if forgiving:
        return [
            "if data[at]:",
            " end = text.find('\\0', at)",
            f" pdu.{name} = text[at:] if end < 0 else text[at:end]",
            " at = len(data) if end < 0 else end + 1",
            "else:",
            f" pdu.{name} = ''",
            " at += 1",
        ]
    return [
        "if data[at]:",
        f" end = text.find('\\0', at, at + {octets})",
        f" if end < 0: raise unended(data, at, {octets}, '{name}', {int(status)})",
        f" pdu.{name} = text[at:end]",
        " at = end + 1",
        "else:",
        f" pdu.{name} = ''",
        " at += 1",
    ]


def source_of_writer(pdu: type[Pdu]) -> str:
    """Characters above U+00FF and numbers above 255 fail when the text becomes Latin-1 octets."""
    formats: list[str] = []
    values: list[str] = []
    checks: list[str] = []
    rests: list[str] = []
    for name, kind in layout_of(pdu):
        form, value, check, rest = _writing(name, kind)
        formats.append(form)
        values += value
        checks += check
        rests += rest
    status = "pdu.status" if issubclass(pdu, Response) else "0"
    lines = ["def write(pdu, sequence, with_tlvs):", *(f" {check}" for check in checks)]
    if issubclass(pdu, Response):
        said = [f"pdu.{name}" for name, kind in layout_of(pdu) if not isinstance(kind, StatusField)]
        lines.append(f" if pdu.status and not ({' or '.join(said) or 'False'}):")
        lines.append(f"  return pack({HEADER_OCTETS}, {int(pdu.command_id)}, pdu.status, sequence)")
    tuple_text = f"({', '.join(values)},)" if values else "()"
    body = " + ".join([f"('{''.join(formats)}' % {tuple_text}).encode('latin-1')", *rests])
    lines += [
        f" body = {body}",
        f" return pack({HEADER_OCTETS} + len(body), {int(pdu.command_id)}, {status}, sequence) + body",
    ]
    return "\n".join(lines)


def _writing(name: str, kind: Kind) -> tuple[str, list[str], list[str], list[str]]:
    """The format, the values for it, the checks before it, and what follows as octets."""
    match kind:
        case StatusField():
            return "", [], [], []
        case Octet():
            return "%c", [f"pdu.{name}"], [], []
        case CString(octets):
            check = f"if {name} and (len({name}) >= {octets} or '\\0' in {name}): raise too_long('{name}')"
            return "%s\\0", [name], [f"{name} = pdu.{name}", check], []
        case TimeString():
            is_wrong = f"{name} and (len({name}) != {TIME_CHARACTERS} or '\\0' in {name})"
            check = f"if {is_wrong}: raise too_long('{name}')"
            return "%s\\0", [name], [f"{name} = pdu.{name}", check], []
        case ShortMessage():
            check = f"if len({name}) > {SHORT_MESSAGE_LIMIT}: raise too_long('{name}')"
            return "%c", [f"len({name})"], [f"{name} = pdu.{name}", check], [name]
        case Listed():
            return "%s", [f"write_{name}(pdu.{name})"], [], []
        case Tail():
            return "", [], [], [f"(write_tlvs(pdu.{name}) if with_tlvs and pdu.{name} else b'')"]


def _compiled(source: str, pdu: type[Pdu], name: str) -> object:
    names: dict[str, object] = {
        "PDU": pdu,
        "new": object.__new__,
        "pack": HEADER.pack,
        "status_of": status_of,
        "cut_off": _cut_off,
        "unended": _unended,
        "fault": _fault,
        "Malformed": MalformedPdu,
        "too_long": _too_long,
        "read_tlvs": read_tlvs,
        "read_good_tlvs": read_good_tlvs,
        "write_tlvs": write_tlvs,
    }
    for field in fields(pdu):
        names[f"{field.name}_default"] = field.default
        kind = _kind(field.type)
        if isinstance(kind, Listed):
            names |= {f"read_{field.name}": kind.read, f"write_{field.name}": kind.write}
    exec(compile(source, f"<{name} {pdu.__name__}>", "exec"), names)  # noqa: S102  # made of our own table
    return names[name]


def _cut_off() -> MalformedPdu:
    return MalformedPdu("the PDU ends early", Status.RINVCMDLEN)


def _unended(data: bytes, at: int, octets: int, name: str, status: int) -> MalformedPdu:
    if at + octets > len(data):
        return _cut_off()
    return MalformedPdu(f"{name} is longer than {octets - 1} characters", status)


def _fault(name: str, status: int) -> MalformedPdu:
    return MalformedPdu(f"{name} has a length that it cannot have", status)


def _too_long(name: str) -> ValueError:
    return ValueError(f"{name} is too long, or holds a NUL")
