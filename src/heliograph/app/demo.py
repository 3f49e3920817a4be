"""The demo fleet: a few dozen devices of every simulator profile, under policies that show what policies
do.

In: a fresh organisation. Out: its policies and devices. The numbers are of no country (999) and of the test
network 001-01, so that nothing here can be mistaken for a real subscriber.
"""

from collections.abc import Iterator

from heliograph.app import App
from heliograph.app.settings import SIMULATOR
from heliograph.core.device import Device
from heliograph.flow.manage.requests import NewDevice, NewPolicy, PolicyWish
from heliograph.interfaces.control.verbs.organisations import APPLICATION

DEVICES_OF_PROFILE = 6
FIRST_MSISDN = 99_900_000_001
FIRST_IMSI = 1_010_000_000_001  # 15 digits with the leading zeros of the test network
PRICE = 45_000  # millionths

POLICIES = {
    "metering": PolicyWish(
        application=APPLICATION, mt_limit=100, mo_limit=1000, p2p_internal=0, p2p_external=0, price_mt=PRICE
    ),
    "tracking": PolicyWish(application=APPLICATION, price_mt=PRICE, price_mo=PRICE, p2p_external=0),
    "receive-only": PolicyWish(application=APPLICATION, mo=0, p2p_internal=0, p2p_external=0),
}
POLICY_OF = {"meter": "metering", "sleepy_sensor": "metering", "tracker": "tracking", "plain": "receive-only"}


async def add_demo_fleet(app: App, org: int) -> int:
    """How many devices there are now."""
    assert app.simulator is not None
    wishes = [NewPolicy(org, name, wish) for name, wish in POLICIES.items()]
    await app.store.run(app.flows.create_policies, wishes)
    profiles = [str(profile["name"]) for profile in app.simulator.profiles()]
    answers = await app.store.run(app.flows.import_devices, list(_devices(org, profiles)))
    devices = [answer for answer in answers if isinstance(answer, Device)]
    app.simulator.enrol((device.imsi, device.msisdn, device.tags) for device in devices)
    return len(devices)


def _devices(org: int, profiles: list[str]) -> Iterator[NewDevice]:
    number = 0
    for profile in profiles:
        for index in range(1, DEVICES_OF_PROFILE + 1):
            yield NewDevice(
                org,
                f"{profile.replace('_', '-')}-{index}",
                POLICY_OF.get(profile, "default"),
                SIMULATOR,
                msisdn=str(FIRST_MSISDN + number),
                imsi=f"{FIRST_IMSI + number:015d}",
                tags=f"demo,sim-profile={profile}",
            )
            number += 1
