"""SIMs and devices in one batch: who gets which, and that nothing is left half done."""

from typing import Any

import pytest

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal
from heliograph.core.sim import Sim, implied_iccid
from heliograph.flow.manage.devices import AddDevices, DeleteDevices, SetDevices
from heliograph.flow.manage.requests import DeleteDevice, DeviceWish, NewDevice, SetDevice
from heliograph.flow.manage.sims import AddSims, NewSim, SetBatch, SetBatches, SetSim, SetSims
from tests.engine import Lab
from tests.flow.town import Town

IMSI, OTHER_IMSI = "901700000000001", "901700000000002"
NUMBER, OTHER_NUMBER = "883210000001", "883210000002"
ICCID = "8949070000000000001"


class Fleet(Town):
    def add(self, *requests: NewDevice) -> list[Any]:
        """An id, or the code of a refusal."""
        answers = self.lab.run(AddDevices(), *requests)
        return [one.id if isinstance(one, Device) else one.code for one in answers]

    def sim(self, **fields: Any) -> Sim:
        made = self.lab.run(AddSims(), NewSim(**{"org": self.org, "iccid": ICCID, **fields}))[0]
        assert isinstance(made, Sim), made
        return made

    def set(self, device: int, **wish: Any) -> str | None:
        answer = self.lab.run(SetDevices(), SetDevice(self.org, device, DeviceWish(**wish)))[0]
        return answer.code if isinstance(answer, Refusal) else None

    def sims(self) -> list[tuple[Any, ...]]:
        return self.lab.sql("SELECT iccid, imsi, msisdn, device FROM sim ORDER BY iccid")

    def device(self, id: int) -> tuple[Any, ...]:
        (row,) = self.lab.sql("SELECT imsi, msisdn, attached, barred FROM device WHERE id = ?", id)
        return tuple(row)

    def told(self) -> list[str]:
        return [row[0] for row in self.lab.sql("SELECT type FROM event ORDER BY at, id")]


@pytest.fixture
def town(lab: Lab) -> Fleet:
    return Fleet(lab)


def test_a_device_with_an_imsi_brings_its_sim(town: Fleet) -> None:
    (id,) = town.add(town.new("one", imsi=IMSI, msisdn=NUMBER))
    assert town.sims() == [(implied_iccid(IMSI), IMSI, NUMBER, id)]
    assert town.told() == []  # nobody assigned anything


def test_two_of_a_batch_cannot_have_the_same_sim(town: Fleet) -> None:
    sim = town.sim(imsi=IMSI, msisdn=NUMBER, status=1)
    first, *rest = town.add(
        town.new("one", sim=sim.id), town.new("two", sim=sim.id), town.new("three", imsi=IMSI)
    )
    assert rest == ["sim_in_use", "duplicate"]
    assert town.sims() == [(ICCID, IMSI, NUMBER, first)]
    assert town.device(first) == (IMSI, NUMBER, 1, 0)
    assert town.told() == ["sim_assigned"]


def test_an_imsi_of_a_waiting_sim_takes_that_sim(town: Fleet) -> None:
    town.sim(imsi=IMSI, msisdn=NUMBER)
    (id,) = town.add(town.new("one", imsi=IMSI))
    assert town.sims() == [(ICCID, IMSI, NUMBER, id)]
    assert town.device(id) == (IMSI, NUMBER, 1, 1)  # it was only issued


def test_the_other_organisations_sims_are_taken_or_unknown(town: Fleet) -> None:
    sim = town.sim(imsi=IMSI, msisdn=NUMBER)
    strangers = {"org": town.other}
    found = town.add(
        town.new("one", imsi=IMSI, **strangers),
        town.new("two", msisdn=NUMBER, **strangers),
        town.new("three", sim=sim.id, **strangers),
    )
    assert found == ["duplicate", "duplicate", "unknown_sim"]
    assert town.sims() == [(ICCID, IMSI, NUMBER, None)]


def test_a_sim_without_a_number_takes_its_devices(town: Fleet) -> None:
    sim = town.sim(imsi=IMSI)
    (id,) = town.add(town.new("one", msisdn=NUMBER))
    assert town.set(id, sim=sim.id, activate=True) is None
    assert town.device(id) == (IMSI, NUMBER, 1, 0)
    assert town.sims() == [(ICCID, IMSI, NUMBER, id)]


def test_a_released_sim_keeps_its_number_and_the_device_has_none(town: Fleet) -> None:
    sim = town.sim(imsi=IMSI, msisdn=NUMBER, status=1)
    (id,) = town.add(town.new("one", sim=sim.id))
    assert town.set(id, sim=None) is None
    assert town.device(id) == ("", "", 0, 0)
    assert town.sims() == [(ICCID, IMSI, NUMBER, None)]
    assert town.set(id, sim=None) is None  # twice is no harm
    assert town.told() == ["sim_assigned", "sim_released"]


def test_a_refused_change_leaves_everything(town: Fleet) -> None:
    sim = town.sim(imsi=IMSI, msisdn=NUMBER, status=1)
    id, _ = town.add(town.new("one", sim=sim.id), town.new("two", imsi=OTHER_IMSI, msisdn=OTHER_NUMBER))
    before = town.sims(), town.device(id)
    for wish, code in (
        ({"imsi": OTHER_IMSI}, "duplicate"),
        ({"msisdn": OTHER_NUMBER}, "duplicate"),
        ({"sim": 1}, "unknown_sim"),
        ({"sim": None, "name": "two"}, "duplicate"),
    ):
        assert town.set(id, **wish) == code
        assert (town.sims(), town.device(id)) == before


def test_a_number_moves_with_another_imsi(town: Fleet) -> None:
    (id,) = town.add(town.new("one", imsi=IMSI, msisdn=NUMBER))
    assert town.set(id, imsi=OTHER_IMSI) is None
    assert town.sims() == [(implied_iccid(OTHER_IMSI), OTHER_IMSI, NUMBER, id)]
    assert town.set(id, msisdn=OTHER_NUMBER) is None
    assert town.sims() == [(implied_iccid(OTHER_IMSI), OTHER_IMSI, OTHER_NUMBER, id)]


def test_suspending_bars_the_device_and_says_so_once(town: Fleet) -> None:
    sim = town.sim(imsi=IMSI, msisdn=NUMBER, status=1, bic="BOX")
    (id,) = town.add(town.new("one", sim=sim.id))
    town.lab.run(SetSims(), SetSim(town.org, sim.id, 2), SetSim(town.org, sim.id, 2))
    assert town.device(id) == (IMSI, NUMBER, 1, 1)
    town.lab.run(SetBatches(), SetBatch(town.org, "BOX", 1))
    assert town.device(id) == (IMSI, NUMBER, 1, 0)
    assert town.told() == ["sim_assigned", "sim_suspended", "sim_activated"]


def test_an_implied_sim_that_is_released_waits_for_a_device(town: Fleet) -> None:
    first, second = town.add(town.new("one", imsi=IMSI, msisdn=NUMBER), town.new("two"))
    assert town.set(first, sim=None) is None
    assert town.sims() == [(implied_iccid(IMSI), IMSI, NUMBER, None)]
    assert town.device(first) == ("", "", 0, 0)
    ((sim,),) = town.lab.sql("SELECT id FROM sim")
    assert town.set(second, sim=sim) is None
    assert town.device(second) == (IMSI, NUMBER, 1, 0)
    assert town.set(second, sim=None) is None
    town.lab.run(DeleteDevices(), DeleteDevice(town.org, first), DeleteDevice(town.org, second))
    assert town.sims() == [(implied_iccid(IMSI), IMSI, NUMBER, None)]
    (third,) = town.add(town.new("three", imsi=IMSI))
    assert town.sims() == [(implied_iccid(IMSI), IMSI, NUMBER, third)]


def test_a_sim_that_takes_the_place_of_an_implied_one_leaves_it(town: Fleet) -> None:
    (id,) = town.add(town.new("one", imsi=IMSI, msisdn=NUMBER))
    sim = town.sim(imsi=OTHER_IMSI, msisdn=OTHER_NUMBER, status=1)
    assert town.set(id, sim=sim.id) is None
    assert town.sims() == [(ICCID, OTHER_IMSI, OTHER_NUMBER, id), (implied_iccid(IMSI), IMSI, NUMBER, None)]
    assert town.device(id) == (OTHER_IMSI, OTHER_NUMBER, 1, 0)


def test_an_implied_sim_goes_with_its_device(town: Fleet) -> None:
    sim = town.sim(imsi=OTHER_IMSI, msisdn=OTHER_NUMBER)
    ids = town.add(town.new("one", imsi=IMSI, msisdn=NUMBER), town.new("two", sim=sim.id))
    refused = town.lab.run(DeleteDevices(), DeleteDevice(town.org, ids[0], with_sim=False))[0]
    assert isinstance(refused, Refusal)
    assert refused.code == "sim_attached"
    town.lab.run(DeleteDevices(), *(DeleteDevice(town.org, id) for id in ids))
    assert town.sims() == [(ICCID, OTHER_IMSI, OTHER_NUMBER, None)]
