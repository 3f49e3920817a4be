"""The audit chain: whatever is changed, taken out or put in is found, and named."""

import pytest
from msgspec.structs import replace

from heliograph.core.security.audit import START, Entry, link
from heliograph.core.security.audit_chain import MOST_FAULTS, Head, Walk, head_of


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    previous = START
    for number in range(1, length + 1):
        entry = Entry(number, 1000 + number, 1, "user:3", "", "change", "policy", 77, "{}", '{"mt":0}', b"")
        previous = link(previous, entry)
        entries.append(replace(entry, hash=previous))
    return entries


def walked(entries: list[Entry], noted: Head | None = None) -> Walk:
    walk = Walk(() if noted is None else (noted,))
    for start in range(0, len(entries), 3):  # in slices
        walk.follow(entries[start : start + 3])
    walk.end()
    return walk


def faults(entries: list[Entry], noted: Head | None = None) -> list[int]:
    return [fault.number for fault in walked(entries, noted).faults]


def test_a_whole_chain_has_no_fault_and_a_head() -> None:
    entries = chain(10)
    walk = walked(entries)
    assert (walk.faults, walk.entries, walk.head) == ([], 10, Head(10, entries[-1].hash))
    assert head_of(str(walk.head)) == walk.head


@pytest.mark.parametrize("field", [f for f in Entry.__struct_fields__ if f not in ("number", "hash")])
def test_a_changed_field_is_found_where_it_is(field: str) -> None:
    entries = chain(10)
    value = getattr(entries[4], field)
    entries[4] = replace(entries[4], **{field: value + 1 if isinstance(value, int) else value + "x"})
    assert faults(entries) == [5]


def test_an_entry_taken_out_or_put_in_is_found() -> None:
    entries = chain(10)
    assert faults(entries[:4] + entries[6:]) == [5]
    assert faults([replace(entries[0], number=-3), *entries]) == [-3]


def test_a_cut_tail_is_found_by_a_noted_head_only() -> None:
    entries = chain(10)
    noted = Head(10, entries[-1].hash)
    assert faults(entries[:8]) == []
    assert faults(entries[:8], noted) == [9]
    assert faults([], noted) == [1]
    assert faults(chain(12), noted) == []


def test_a_rewritten_chain_is_found_by_a_noted_head() -> None:
    entries, noted = chain(10), Head(10, chain(10)[-1].hash)
    previous = entries[2].hash
    for place in range(3, 10):
        forged = replace(entries[place], actor="nobody")
        previous = link(previous, forged)
        entries[place] = replace(forged, hash=previous)
    assert faults(entries) == []
    assert faults(entries, noted) == [10]


def test_many_faults_are_counted_and_some_are_told() -> None:
    entries = [replace(entry, actor="x") for entry in chain(50)]
    walk = walked(entries)
    assert (walk.count, len(walk.faults)) == (50, MOST_FAULTS)


@pytest.mark.parametrize(
    "text", ["", "5", "5:", "5:zz", "x:" + "00" * 32, "5:" + "00" * 31, "-1:" + "00" * 32]
)
def test_what_is_no_head(text: str) -> None:
    assert head_of(text) is None
