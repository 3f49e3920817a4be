"""The command line: arguments and rendering only. What a command does is a verb of `interfaces/control`.

Commands are imported when they are asked for, so that the program starts fast.
"""

import os
import sys
from importlib import import_module

import click

from heliograph import __version__

# command → the module of `commands` that has it, and what the overview says of it
COMMANDS = {
    "serve": ("installation", "Run Heliograph on a data folder."),
    "check": ("installation", "Is this installation healthy?"),
    "config": ("installation", "Show the settings and where they come from."),
    "backup": ("installation", "Copy the store, also while it runs."),
    "send": ("messages", "Send an SMS to a device."),
    "messages": ("messages", "List messages."),
    "explain": ("messages", "Tell a message's story."),
    "cancel": ("messages", "Take a waiting message back."),
    "change": ("messages", "Change a message that was never tried."),
    "preview": ("messages", "How a text would be encoded and split."),
    "listen": ("listening", "Be the application: receive SMS and receipts."),
    "device": ("devices", "Devices: add, list, show, set, import, firewall."),
    "sim": ("sims", "SIMs: add, import, list."),
    "quota": ("quotas", "Quotas of devices: set, add, delete."),
    "policy": ("policies", "Policies: list, show, create, set, delete, firewall."),
    "tariff": ("tariffs", "Tariffs: list, show, create, set, delete."),
    "application": ("applications", "Applications: create, list, delete."),
    "account": ("smpp_accounts", "SMPP accounts: create, set, password, binds, trace."),
    "upstream": ("upstreams", "Upstreams: create, set, password, health, trace, test."),
    "route": ("sms_routes", "Routes to upstreams: create, list, set, delete, preview."),
    "org": ("organisations", "Organisations: create, list, show, set."),
    "user": ("users", "Users: a new password."),
    "token": ("tokens", "Tokens of applications: create, list, revoke."),
    "console-link": ("console_links", "Links to the third-party console: create, list, revoke."),
    "audit": ("audit", "Who changed what, and whether the record holds."),
    "key": ("keys", "Keys that seal secrets: show, rotate, prune."),
    "events": ("events", "What happened that people should know."),
    "simulator": ("virtual_devices", "Drive the virtual devices."),
}


class Commands(click.Group):
    """Knows all commands by name, and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"heliograph.cli.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(
            module, cmd_name.replace("-", "_") if cmd_name != "config" else "config_command"
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="heliograph", message="%(prog)s %(version)s")
def heliograph() -> None:
    """Heliograph: an SMS centre for IoT fleets that anyone can run."""


def main() -> None:
    """The program. Ends by its exit code: 0 done, 1 refused, 2 wrong usage, 3 the store is not to be had."""
    try:
        code = heliograph.main(prog_name="heliograph", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough; what is left must not be tried again at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except BaseException as error:
        from heliograph.cli.failures import told

        code = told(error, "--json" in sys.argv)
        if code is not None:
            sys.exit(code)
        raise
    sys.exit(code)
