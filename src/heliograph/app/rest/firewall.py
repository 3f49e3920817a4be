"""Firewalls, put together for the API."""

from asyncio import to_thread

from heliograph.app import App
from heliograph.app.settings import accept_settings
from heliograph.flow.manage.suppression import ManageStopWords, ManageSuppression
from heliograph.flow.reads.what_if import WhatIf
from heliograph.interfaces.rest.services import FirewallServices
from heliograph.store.reads.firewall import SqliteFirewallReader


def firewall_services(app: App) -> FirewallServices:
    reader, settings = SqliteFirewallReader(app.reader), accept_settings(app.config)
    what_if = WhatIf(reader, app.clock, to_thread, settings.country_code, settings.a2p_longest_digits)
    return FirewallServices(
        reader,
        app.flows.set_firewalls,
        app.flows.release_holds,
        ManageSuppression(),
        ManageStopWords(),
        what_if,
    )
