"""How a command fails: what is said on standard error, and the exit code. One table for all commands.

With `--json` the error is a document: code, reason, and the rule that decided where one did.
"""

import json
import sys

import click

REFUSED = 1
USAGE = 2
UNAVAILABLE = 3
INTERRUPTED = 130


def told(error: BaseException, as_json: bool) -> int | None:
    """The exit code, after saying why. None: it is a bug, and its trace is the best that can be shown."""
    if isinstance(error, click.ClickException):
        if not as_json:
            error.show()
            return error.exit_code
        return _say("bad_usage", error.format_message(), None, error.exit_code, as_json)
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return _say("interrupted", "Interrupted.", None, INTERRUPTED, as_json)
    if isinstance(error, UnicodeError) and "surrogate" in str(error):
        return _say("bad_usage", "What was typed is not UTF-8 text.", None, USAGE, as_json)
    return _known(error, as_json)


def _known(error: BaseException, as_json: bool) -> int | None:
    from heliograph.cli.ask import NoData
    from heliograph.config import ConfigError
    from heliograph.interfaces.control.client import Refused
    from heliograph.runtime.lock import Locked
    from heliograph.runtime.unavailable import Unavailable

    if isinstance(error, Refused):
        refusal = error.refusal
        return _say(refusal.code, refusal.reason, refusal.rule, REFUSED, as_json)
    if isinstance(error, ConfigError):
        return _say("bad_config", str(error), None, USAGE, as_json)
    if isinstance(error, NoData):
        return _say("no_data", str(error), None, UNAVAILABLE, as_json)
    if isinstance(error, Locked):
        return _say("locked", str(error), None, UNAVAILABLE, as_json)
    if isinstance(error, (Unavailable, OSError)):
        return _say("unavailable", str(error), None, UNAVAILABLE, as_json)
    return None


def _say(code: str, reason: str, rule: str | None, exit_code: int, as_json: bool) -> int:
    if as_json:
        document = {"code": code, "reason": reason, "rule": rule}
        print(json.dumps({"error": document}), file=sys.stderr)
    else:
        because = f" ({rule})" if rule else ""
        print(f"{code}: {reason}{because}", file=sys.stderr)
    return exit_code
