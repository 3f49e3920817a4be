"""What a tariff costs, through everything that counts a price."""

from heliograph.core.outcome import Permanent
from heliograph.core.tariff import Tariff
from heliograph.flow.requests import Cancel, Change
from tests.engine import Lab, make_lab, text_content


def charged() -> Lab:
    """The first device has a tariff, the second one its policy's prices."""
    lab = make_lab(price_mt=5, price_mo=3)
    lab.insert(Tariff(9, 1, "dear", price_mo=70, price_mt=100))
    lab.sql("UPDATE device SET tariff = 9 WHERE id = 1")
    return lab


def test_each_device_pays_by_its_own_prices() -> None:
    lab = charged()
    assert [lab.message(lab.accept(device)).price for device in (1, 2)] == [100, 5]
    for device in (1, 2):
        lab.receive(device)
    tallies = [lab.tally(1), lab.tally(2)]
    assert [(tally.cost_mt, tally.cost_mo) for tally in tallies] == [(100, 70), (5, 3)]


def test_what_was_never_sent_gives_its_price_back() -> None:
    lab = charged()
    lab.close()
    first, second = lab.accept(1), lab.accept(1, not_before=lab.clock.now() + 60_000)
    assert lab.tally(1).cost_mt == 200
    longer = Change(1, second, "token:1", content=text_content("y" * 200))
    lab.run(lab.flows.change, longer)
    assert (lab.message(second).price, lab.tally(1).cost_mt) == (200, 300)
    lab.run(lab.flows.cancel, Cancel(1, second, "token:1"))
    assert lab.tally(1).cost_mt == 100
    lab.open()
    lab.advance(1)
    lab.settle(Permanent("unknown_subscriber"))
    assert (lab.tally(1).cost_mt, lab.message(first).price) == (100, 100)


def test_a_receiver_of_p2p_pays_by_its_tariff() -> None:
    lab = charged()
    lab.receive(2, destination="491700000001")
    assert (lab.tally(1).cost_mt, lab.tally(2).cost_mo) == (100, 3)
