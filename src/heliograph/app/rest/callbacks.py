"""What the API does with callbacks, put together."""

from heliograph.app import App
from heliograph.flow.callbacks.replay import Replay
from heliograph.flow.manage.callbacks import ManageSecrets
from heliograph.interfaces.rest.services import CallbackServices
from heliograph.interfaces.webhook.directory import purpose_of


def callback_services(app: App) -> CallbackServices:
    def seal(org: int, secret: str) -> bytes:
        return app.vault.seal(secret.encode(), purpose_of(org))

    return CallbackServices(
        app.callback_reader,
        app.webhooks.manage,
        ManageSecrets(),
        Replay(app.config.messages.mo_validity_seconds),
        app.flows.end_waiting,
        app.webhooks.callbacks,
        seal,
    )
