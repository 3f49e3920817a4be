"""What flows are asked, as values: submissions, inbound SMS, wishes to cancel or change."""

from msgspec import Struct

from heliograph.core.content import Content
from heliograph.core.message import ANY_END
from heliograph.core.message_label import Label
from heliograph.core.refusal import Refusal

DEFAULT_VALIDITY_SECONDS = 24 * 3600
OF_POLICY = -1  # whichever application the device's policy names hears of the end


class Submission(Struct, gc=False):
    """An SMS to a device. `content` was made from the text before any transaction."""

    org: int
    device: int
    content: Content
    sender: str
    source: str = ""
    validity_seconds: int = DEFAULT_VALIDITY_SECONDS
    not_before: int | None = None
    priority: int = 0
    replace_key: str | None = None
    receipt_to: int | None = None  # the application that hears of the end, or OF_POLICY
    at_most_once: bool = False
    expires_at: int | None = None  # the validity's end, where its sender named a time
    label: Label | None = None
    number: str = ""  # international digits, instead of a device, whose `device` is 0 then
    service_type: str = ""
    receipt: int = ANY_END  # what `receipt_to` hears of: see `core.message`
    replaces_same: bool = False  # the newest that waits with this sender, source, device and service type
    external: bool = False  # a number of no device may be a phone outside the fleet


class Submitted(Struct, gc=False):
    id: int
    segments: int
    state: int


class Inbound(Struct, gc=False):
    """An SMS from a device, as its network gave it: one segment, with its place in a longer one if it has
    any.
    """

    gate: str
    imsi: str  # or, where a network knows none, the device's number in `msisdn`
    msisdn: str
    destination: str
    content: Content
    part_reference: int = 0
    part_total: int = 1
    part_number: int = 1
    reference: int | None = None  # TP-MR, where the network passes it on: it tells a repeat from a second SMS
    raw_ucs2: bool = False
    segments: int = 1  # that it counts as: more where it was never cut


class Received(Struct, gc=False):
    """The network may be told that we have it."""

    message: int | None  # None: a segment whose others are not here yet


class Cancel(Struct, gc=False):
    org: int
    message: int
    sender: str
    own: bool = False  # only a message of this very sender
    source: str | None = None  # and with this source


class CancelSame(Struct, gc=False):
    """All that wait for a number, from this sender and source."""

    org: int
    sender: str
    source: str
    number: str  # international digits
    service_type: str | None = None  # None: any


class Change(Struct, gc=False):
    """New words or a new time for a message that was never tried."""

    org: int
    message: int
    sender: str
    content: Content | None = None
    not_before: int | None = None
    validity_seconds: int | None = None
    priority: int | None = None
    expires_at: int | None = None
    receipt: int | None = None
    own: bool = False
    source: str | None = None


SubmitAnswer = Submitted | Refusal
ReceiveAnswer = Received | Refusal
