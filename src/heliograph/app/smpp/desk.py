"""Who is bound by SMPP, for people who ask: what the server says, and nothing while there is none."""

from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.reads.smpp_port import BindView, TraceLine
from heliograph.interfaces.smpp.views import Views


class LiveSmpp:
    """The seam `flow/reads/smpp_port.SmppDesk`. `views` is set by whoever starts a server."""

    def __init__(self) -> None:
        self.views: Views | None = None

    def binds(self, account: SmppAccount) -> list[BindView]:
        return [] if self.views is None else self.views.binds(account)

    def unbind(self, account: SmppAccount, number: int) -> bool:
        return self.views is not None and self.views.unbind(account, number)

    def trace(self, account: SmppAccount, with_text: bool, limit: int) -> list[TraceLine]:
        return [] if self.views is None else self.views.trace(account, with_text, limit)
