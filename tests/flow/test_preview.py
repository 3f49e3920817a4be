"""A preview judges as a submission is judged, and leaves no trace."""

from typing import Any

from heliograph.core.refusal import Refusal
from heliograph.flow.preview import Preview, Previewed
from tests.engine import Lab, make_lab
from tests.engine import text_content as said

TABLES = ("message", "delivery", "lane", "tally", "quota", "event", "message_label")


def preview(lab: Lab, *texts: str, **fields: Any) -> list[Previewed]:
    requests = [lab.submission(text=text, **fields) for text in texts]
    return lab.run(Preview(lab.settings, lab.routes), *requests)


def rows(lab: Lab) -> list[Any]:
    return [lab.sql(f"SELECT * FROM {table}") for table in TABLES]  # noqa: S608  # names are constants


def code(previewed: Previewed) -> str | None:
    return previewed.refusal.code if previewed.refusal else None


def test_it_says_what_the_submission_would_be_told() -> None:
    lab = make_lab(mt_limit=2, price_mt=7)
    for text in ("short", "x" * 161, "x" * 400):
        (told,) = preview(lab, text)
        answer = lab.submit(text=text)
        assert told.refusal == (answer if isinstance(answer, Refusal) else None)
        assert told.price == 7 * said(text).segments
    lab.engine.close()


def test_previews_in_one_batch_use_nothing_up_for_each_other() -> None:
    lab = make_lab(mt_limit=1, quota=1)
    lab.quota(1, 1)
    before = rows(lab)
    assert [code(told) for told in preview(lab, "one", "two", "three")] == [None] * 3
    assert rows(lab) == before
    assert not lab.jobs
    lab.engine.close()


def test_a_refill_and_a_new_month_are_seen_and_not_written() -> None:
    lab = make_lab(mt_limit=1, quota=1)
    lab.quota(1, 1, auto_refill=1)
    lab.accept()
    assert code(preview(lab, "again")[0]) == "mt_limit_reached"
    before = rows(lab)
    lab.advance(31 * 24 * 3600, poll=False)
    assert code(preview(lab, "next month")[0]) is None
    assert rows(lab) == before
    lab.engine.close()


def test_what_would_be_replaced_counts(lab: Lab) -> None:
    lab.close()
    for number in range(lab.settings.lane_limit - 1):
        lab.accept(text=f"{number}")
    lab.accept(replace_key="k")
    assert code(preview(lab, "more")[0]) == "queue_full"
    assert code(preview(lab, "instead", replace_key="k")[0]) is None


def test_another_organisations_device_has_no_price(lab: Lab) -> None:
    lab.policy(2, org=2, price_mt=5)
    lab.device(9, org=2, policy=2)
    (told,) = preview(lab, "x", device=9)
    assert (told.price, code(told)) == (0, "unknown_device")
