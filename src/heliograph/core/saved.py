"""What people keep to use again: views of lists, and texts of SMS."""

from msgspec import Struct

MOST_TEMPLATES = 200  # of one organisation
MOST_VIEWS = 1_000  # of one organisation
MOST_OWN_VIEWS = 100  # of one owner


class SavedView(Struct, gc=False):
    """One row of the saved_view table, in its column order. How somebody looks at a list."""

    id: int
    org: int
    owner: int | None  # the user who made it; None: a token that is nobody's
    name: str
    page: str  # what it is a view of
    q: str = ""
    sort: str = ""
    columns: str = ""  # separated by commas
    shared: int = 0  # 1: everybody of the organisation sees it
    created_at: int = 0
    updated_at: int = 0


class SmsTemplate(Struct, gc=False):
    """One row of the sms_template table, in its column order."""

    id: int
    org: int
    owner: int | None
    name: str
    payload: str
    source: str = ""
    dcs: int | None = None  # as the API has it: 4 is octets, whose payload is hexadecimal
    created_at: int = 0
    updated_at: int = 0


def sees(view: SavedView, user: int | None) -> bool:
    return bool(view.shared) or view.owner == user
