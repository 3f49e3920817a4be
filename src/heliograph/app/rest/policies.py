"""Policies, put together for the API."""

from heliograph.app import App
from heliograph.flow.manage.services import ManageServices
from heliograph.interfaces.rest.services import PolicyServices


def policy_services(app: App) -> PolicyServices:
    return PolicyServices(
        app.policies,
        app.flows.create_policies,
        app.flows.set_policies,
        app.flows.delete_policies,
        ManageServices(),
        app.flows.tariffs,
        app.flows.quotas,
    )
