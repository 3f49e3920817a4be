"""Who is bound by SMPP, for people who ask: what the server says, and nothing while there is none."""

from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.reads.smpp_port import BindView, SmppDesk, TraceLine


class LiveSmpp:
    """The seam `flow/reads/smpp_port.SmppDesk`. `server` is set by whoever starts one."""

    def __init__(self) -> None:
        self.server: SmppDesk | None = None

    def binds(self, account: SmppAccount) -> list[BindView]:
        return [] if self.server is None else self.server.binds(account)

    def unbind(self, account: SmppAccount, number: int) -> bool:
        return self.server is not None and self.server.unbind(account, number)

    def trace(self, account: SmppAccount, with_text: bool, limit: int) -> list[TraceLine]:
        return [] if self.server is None else self.server.trace(account, with_text, limit)
