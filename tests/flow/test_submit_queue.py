"""Submitting in one batch: the queue's limit and the quota see each decision before."""

from heliograph.core.refusal import Refusal
from heliograph.flow.accept import Settings
from tests.engine import Lab, make_lab


def codes(lab: Lab, *keys: str | None) -> list[str | None]:
    answers = lab.run(lab.flows.submit, *(lab.submission(replace_key=key) for key in keys))
    return [answer.code if isinstance(answer, Refusal) else None for answer in answers]


def test_a_batch_fills_the_queue_to_its_limit_and_no_further() -> None:
    lab = make_lab(settings=Settings(lane_limit=3))
    lab.close()
    assert codes(lab, *[None] * 5) == [None] * 3 + ["queue_full"] * 2
    assert len(lab.waiting()) == 3


def test_a_replacement_leaves_the_queue_as_long_as_it_was() -> None:
    lab = make_lab(settings=Settings(lane_limit=2))
    lab.close()
    assert codes(lab, "k") == [None]
    assert codes(lab, "k", None, None) == [None, None, "queue_full"]


def test_a_replacement_spends_the_quota_that_it_gives_back() -> None:
    lab = make_lab(quota=1)
    lab.quota(1, 1)
    lab.close()
    assert codes(lab, "k") == codes(lab, "k") == [None]
    assert lab.sql("SELECT remaining FROM quota") == [(0,)]
    assert codes(lab, None) == ["quota_exhausted"]
