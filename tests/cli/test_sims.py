"""`sim add`, `sim import` and `sim list`."""

from pathlib import Path

from tests.cli.program import Folder


def test_sims_are_added_imported_and_listed(both: Folder, tmp_path: Path) -> None:
    first = both.document("sim", "add", "8949060000000000001", "--imsi", "901990000000001", "--bic", "BOX-1")
    file = tmp_path / "sims.csv"
    file.write_text(
        "iccid,imsi,msisdn,bic,status\n"
        "8949060000000000002,901990000000002,+8834500000002,BOX-1,activated\n"
        "8949060000000000001,,,,\n"
        "8949060000000000003,,,,burnt\n"
        "8949060000000000004,,,,\n"
    )
    said = both.run("sim", "import", str(file), "--json")
    *bad, total = said.rows
    assert said.code == 1
    assert {row["line"]: row["code"] for row in bad} == {3: "duplicate", 4: "bad_value"}
    assert (total["added"], total["bad"]) == (2, 2)
    both.ok("device", "add", "with-sim", "--imsi", "901990000000002")
    listed = both.rows("sim", "list", "--search", "89490600")
    assert [row["id"] for row in listed][:1] == [first["id"]]
    assert [(row["iccid"][-1], row["status"], row["device"]) for row in listed] == [
        ("1", "issued", None),
        ("2", "activated", "with-sim"),
        ("4", "issued", None),
    ]
    assert [row["iccid"][-1] for row in both.rows("sim", "list", "--free", "--bic", "BOX-1")] == ["1"]
    assert [row["msisdn"] for row in both.rows("device", "list", "--search", "with-sim")] == ["8834500000002"]
    assert "... and 2 more" in both.ok("sim", "list", "--search", "89490600", "--limit", "1").err
