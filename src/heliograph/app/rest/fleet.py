"""Devices and SIMs, put together for the API."""

from collections.abc import Sequence

from heliograph.app import App
from heliograph.core.device import Device
from heliograph.flow.manage.fleet_changes import ChangeDevices
from heliograph.flow.manage.importing import ImportDevices
from heliograph.flow.manage.operators import AvoidOperators, ResetDevices
from heliograph.flow.manage.sims import SetBatches, SetSims
from heliograph.interfaces.rest.services import FleetServices
from heliograph.interfaces.rest.translate.operators import operators
from heliograph.store.reads.fleet import SqliteFleetReader


def fleet_services(app: App) -> FleetServices:
    def enrol(devices: Sequence[Device]) -> None:
        """By whatever network runs then."""
        app.services.enrol(devices)

    return FleetServices(
        SqliteFleetReader(app.reader),
        app.flows.add_devices,
        ImportDevices(app.flows.import_devices, app.flows.set_devices),
        ChangeDevices(),
        app.flows.set_devices,
        app.flows.delete_devices,
        app.flows.add_sims,
        SetSims(),
        SetBatches(),
        ResetDevices(),
        AvoidOperators(operators()),
        enrol,
    )
