"""Importing devices: as many as there are, each bad row by its line number, and files as people save them."""

import time
from pathlib import Path

import pytest

from tests.cli.program import Folder

HEADER = "name,msisdn,imsi,policy,network,tags"
MANY = 100_000
MANY_SECONDS = 10.0


def write(folder: Path, text: str | bytes) -> str:
    file = folder / "devices.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def bad_rows(folder: Folder, file: str) -> tuple[dict[int, str], dict[str, object]]:
    """Reasons by line, and the sum."""
    said = folder.run("device", "import", file, "--json")
    *bad, total = said.rows
    assert said.code == (1 if bad else 0)
    return {row["line"]: f"{row['code']}: {row['reason']}" for row in bad}, total


def test_good_rows_are_kept_and_bad_ones_reported_by_line(both: Folder, tmp_path: Path) -> None:
    lines = [
        HEADER,
        'two,+99900000002,001010000000002,default,simulator,"a,b"',
        "three,12,,,,",
        "four,99900000004",
        "",
        "one,99900000005,,,,",
        "six,99900000002,,,,",
        "seven,99900000007,,nosuch,,",
        "eight,99900000008,123,,,",
        "nine,99900000009,,,,",
        ",99900000010,,,,",
        "eleven,99900000011,,,SIMULATOR!,",
        '"twelve, the last",99900000012,,,,',
    ]
    bad, total = bad_rows(both, write(tmp_path, "\n".join(lines)))
    assert {line: reason.split(":")[0] for line, reason in bad.items()} == {
        3: "bad_value",
        4: "bad_row",
        6: "duplicate",
        7: "duplicate",
        8: "unknown_policy",
        9: "bad_value",
        11: "bad_value",
        12: "bad_value",
    }
    assert "2 fields" in bad[4]
    assert "one" in bad[6]
    assert (total["added"], total["bad"]) == (3, 8)
    assert [row["name"] for row in both.rows("device", "list")] == ["nine", "one", "twelve, the last", "two"]
    assert both.document("device", "show", "two")["tags"] == ["a", "b"]


def test_people_see_the_first_bad_rows_and_how_many_more(folder: Folder, tmp_path: Path) -> None:
    rows = "".join(f"d{number},1\n" for number in range(30))
    said = folder.run("device", "import", write(tmp_path, f"name,msisdn\n{rows}"))
    assert said.code == 1
    assert said.out.startswith("0 added, 30 bad")
    assert said.err.count("bad_value") == 20
    assert "line 2: " in said.err
    assert "10 more" in said.err


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("\ufeffname,msisdn\none,99900000001\n", ["one"]),
        ("name;msisdn;tags\none;99900000001;a,b\n", ["one"]),
        ("name\tmsisdn\r\none\t99900000001\r\ntwo\t99900000002\r\n", ["one", "two"]),
        (" MSISDN , Name \n99900000001,Gerät Süd\n", ["Gerät Süd"]),
        ("name,msisdn\n", []),
        ('name,msisdn\n"o""ne",99900000001', ['o"ne']),
    ],
)
def test_files_come_as_people_save_them(folder: Folder, tmp_path: Path, text: str, names: list[str]) -> None:
    bad, total = bad_rows(folder, write(tmp_path, text))
    assert (bad, total["added"]) == ({}, len(names))
    assert [row["name"] for row in folder.rows("device", "list")] == names


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        ("name,msisdn\n".encode("utf-16"), "UTF-16"),
        (b"n\xe4me,msisdn\n", "not UTF-8"),
        (b"name,tags\none,a\n", "no column msisdn"),
        (b"name,msisdn,name\n", "'name' is there twice"),
        (b"name,msidn\n", "Did you mean msisdn?"),
        (b"one,99900000001\n", "there is no column 'one'"),
    ],
)
def test_a_file_that_is_no_device_list_is_refused_in_clear_words(
    folder: Folder, tmp_path: Path, content: bytes, words: str
) -> None:
    said = folder.run("device", "import", write(tmp_path, content))
    assert said.code == 2
    assert words in said.err
    assert "Traceback" not in said.err


def test_a_row_in_another_encoding_harms_no_other(folder: Folder, tmp_path: Path) -> None:
    content = b"name,msisdn\none,99900000001\ns\xfcd,99900000002\nthree,99900000003\n"
    bad, total = bad_rows(folder, write(tmp_path, content))
    assert bad == {3: "bad_row: is not UTF-8 text"}
    assert total["added"] == 2


def test_a_line_without_an_end_and_a_stray_quote_harm_no_other(folder: Folder, tmp_path: Path) -> None:
    endless = "x" * 200_000
    rows = [f"{endless},99900000001", 'two,"999"00000002', '"three,99900000003', "four,99900000004"]
    bad, total = bad_rows(folder, write(tmp_path, "\n".join(["name,msisdn", *rows])))
    assert "longer than" in bad[2]
    assert {line: reason[:18] for line, reason in bad.items() if line > 2} == dict.fromkeys(
        (3, 4), "bad_row: is no CSV"
    )
    assert (total["added"], total["bad"]) == (1, 3)


def test_a_line_break_in_quotes_spoils_both_halves(folder: Folder, tmp_path: Path) -> None:
    rows = ['"one', 'two",99900000002', "three,99900000003"]
    bad, _ = bad_rows(folder, write(tmp_path, "\n".join(["name,msisdn", *rows])))
    assert set(bad) == {2, 3}
    assert all("line break" in reason for reason in bad.values())
    assert [row["name"] for row in folder.rows("device", "list")] == ["three"]


@pytest.mark.parametrize("with_server", [True, False])
def test_a_hundred_thousand_rows_take_less_than_ten_seconds(
    folder: Folder, tmp_path: Path, with_server: bool
) -> None:
    rows = "".join(
        f"d{i},{99900000000 + i},{1010000000000 + i:015d},default,simulator,\n" for i in range(MANY)
    )
    file = write(tmp_path, f"{HEADER}\n{rows}")

    def import_them() -> float:
        began = time.monotonic()
        total = folder.document("device", "import", file)
        assert (total["added"], total["bad"]) == (MANY, 0)
        return time.monotonic() - began

    if with_server:
        with folder.serving():
            seconds = import_them()
    else:
        seconds = import_them()
    assert seconds < MANY_SECONDS
