"""The third-party console, put together for the API."""

from secrets import token_bytes

from heliograph.app import App
from heliograph.flow.console import SendFromConsole
from heliograph.flow.manage.console import ManageLinks
from heliograph.interfaces.rest.callers.console import Door
from heliograph.interfaces.rest.console_services import ConsoleServices, Waiting
from heliograph.store.reads.console import SqliteConsoleReader


def console_services(app: App) -> ConsoleServices:
    reader = SqliteConsoleReader(app.reader)
    return ConsoleServices(
        reader,
        ManageLinks(token_bytes),
        SendFromConsole(app.traffic.submit),
        Door(reader, app.store, app.vault, app.clock),
        Waiting(),
    )
