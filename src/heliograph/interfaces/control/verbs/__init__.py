"""The verb table: every command by name, with its arguments and its handler."""

from heliograph.interfaces.control.verb import Verb
from heliograph.interfaces.control.verbs import (
    accounts,
    applications,
    audit,
    devices,
    events,
    firewall,
    installation,
    keys,
    listening,
    messages,
    organisations,
    policies,
    sims,
    smpp_accounts,
    tariffs,
    tokens,
    virtual_devices,
)

VERBS: dict[str, Verb] = {
    **messages.VERBS,
    **devices.VERBS,
    **sims.VERBS,
    **organisations.VERBS,
    **policies.VERBS,
    **tokens.VERBS,
    **events.VERBS,
    **firewall.VERBS,
    **accounts.VERBS,
    **smpp_accounts.VERBS,
    **applications.VERBS,
    **tariffs.VERBS,
    **audit.VERBS,
    **listening.VERBS,
    **virtual_devices.VERBS,
    **installation.VERBS,
    **keys.VERBS,
}
