"""Reassembly: segments in any order, twice, with gaps, a pair cut in two, codings mixed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.reassembly import MISSING, Part, join, missing, set_key


def part(number: int, total: int, body: bytes, raw_ucs2: bool = False, dcs: int = 0) -> Part:
    return Part(number, 1, 1, "123", 7, total, number, 0, dcs, 0, b"", body, int(raw_ucs2))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
pieces = st.lists(texts, min_size=1, max_size=6)


@given(pieces, st.data())
def test_any_order_and_repeats_make_the_same_whole(bodies: list[str], data: st.DataObject) -> None:
    total = len(bodies)
    whole = [part(number, total, body.encode()) for number, body in enumerate(bodies, 1)]
    arrived = data.draw(st.permutations(whole))
    arrived += data.draw(st.lists(st.sampled_from(whole), max_size=4))
    assert missing(arrived) == []
    assert join(arrived) == "".join(bodies).encode()


@given(pieces, st.data())
def test_a_gap_is_shown_where_it_is(bodies: list[str], data: st.DataObject) -> None:
    total = len(bodies)
    whole = [part(number, total, body.encode()) for number, body in enumerate(bodies, 1)]
    arrived = data.draw(st.lists(st.sampled_from(whole), min_size=1, unique_by=lambda row: row.number))
    have = {row.number for row in arrived}
    shown = [body if number in have else MISSING for number, body in enumerate(bodies, 1)]
    assert join(arrived).decode() == "".join(shown)
    assert missing(arrived) == [number for number in range(1, total + 1) if number not in have]


@given(st.text(max_size=30), st.data())
def test_ucs2_may_be_cut_anywhere_even_inside_a_unit(text: str, data: st.DataObject) -> None:
    octets = text.encode("utf-16-be", "surrogatepass")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=4)))
    edges = [0, *cuts, len(octets)]
    bodies = [octets[start:end] for start, end in pairwise(edges)]
    arrived = [part(number, len(bodies), body, True, 8) for number, body in enumerate(bodies, 1)]
    assert join(data.draw(st.permutations(arrived))) == octets.decode("utf-16-be", "replace").encode()


@given(
    st.lists(
        st.tuples(st.binary(max_size=6), st.booleans(), st.sampled_from([0, 4, 8])), min_size=1, max_size=5
    )
)
def test_whatever_is_mixed_is_joined(mixed: list[tuple[bytes, bool, int]]) -> None:
    arrived = [part(number, 6, body, raw, dcs) for number, (body, raw, dcs) in enumerate(mixed, 1)]
    whole = join(arrived)
    if mixed[0][2] == 4:
        assert whole == b"".join(body for body, _, _ in mixed)
    else:
        assert whole.decode().endswith(MISSING)


def test_the_first_copy_of_a_segment_counts() -> None:
    assert join([part(1, 2, b"first"), part(1, 2, b"again"), part(2, 2, b"!")]) == b"first!"


def test_octets_have_no_mark_for_a_gap() -> None:
    assert join([part(1, 3, b"\xff", dcs=4), part(3, 3, b"\0", dcs=4)]) == b"\xff\0"


def test_sets_are_known_by_device_address_reference_and_total() -> None:
    keys = {
        set_key(Part(1, 1, device, address, reference, total, 1, 0, 0, 0, b"", b"", 0))
        for device in (1, 2)
        for address in ("a", "b")
        for reference in (1, 2)
        for total in (2, 3)
    }
    assert len(keys) == 16
