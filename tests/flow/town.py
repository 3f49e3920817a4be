"""A town: two organisations with a policy of the same name each, for tests about what is in them."""

from typing import Any

from heliograph.core.organisation import Organisation
from heliograph.core.policy import Policy
from heliograph.flow.manage.organisations import CreateOrganisations
from heliograph.flow.manage.policies import CreatePolicies
from heliograph.flow.manage.requests import NewDevice, NewOrganisation, NewPolicy
from tests.engine import RADIO, Lab


class Town:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.org, self.other = (self._organisation(name) for name in ("acme", "other"))

    def _organisation(self, name: str) -> int:
        made = self.lab.run(CreateOrganisations(), NewOrganisation(name))[0]
        assert isinstance(made, Organisation)
        assert isinstance(self.lab.run(CreatePolicies(), NewPolicy(made.id, "standard"))[0], Policy)
        return made.id

    def new(self, name: str = "tracker", **fields: Any) -> NewDevice:
        return NewDevice(**{"org": self.org, "name": name, "policy": "standard", "network": RADIO, **fields})
