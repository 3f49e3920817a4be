"""The verb table: every command by name, with its arguments and its handler."""

from heliograph.interfaces.control.verb import Verb
from heliograph.interfaces.control.verbs import (
    accounts,
    administration,
    applications,
    audit,
    devices,
    firewall,
    installation,
    keys,
    listening,
    messages,
    sims,
    tariffs,
    virtual_devices,
)

VERBS: dict[str, Verb] = {
    **messages.VERBS,
    **devices.VERBS,
    **sims.VERBS,
    **administration.VERBS,
    **firewall.VERBS,
    **accounts.VERBS,
    **applications.VERBS,
    **tariffs.VERBS,
    **audit.VERBS,
    **listening.VERBS,
    **virtual_devices.VERBS,
    **installation.VERBS,
    **keys.VERBS,
}
