"""What routes work with. Put together by `app`."""

from msgspec import Struct

from heliograph.flow.auditing import AuditReader
from heliograph.flow.browse import Browse
from heliograph.flow.ports import Clock, Store
from heliograph.flow.submit import Submit


class Services(Struct, frozen=True):
    store: Store
    browse: Browse
    clock: Clock
    submit: Submit
    audit: AuditReader
