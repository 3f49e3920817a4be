"""What the text tests share: texts and table pairs to try, and the user data of the segments they become."""

from hypothesis import strategies as st

from heliograph.wire.gsm.alphabet import LOCKING_LANGUAGES, SINGLE_LANGUAGES, Language, characters
from heliograph.wire.gsm.dcs import Alphabet, make_dcs
from heliograph.wire.gsm.text import Fit, SegmentData, UserData

PAIRS = [(locking, single) for locking in (None, *LOCKING_LANGUAGES) for single in (None, *SINGLE_LANGUAGES)]


def alphabet_of(locking: Language | None = None, single: Language | None = None) -> str:
    """Every character a pair of tables has."""
    return "".join(sorted(frozenset.union(*characters(locking, single))))


DEFAULT_TEXT = st.text(alphabet_of(), max_size=700)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
EMOJI_TEXT = st.text("ab😀é字\u0301👍🏽", max_size=400)


@st.composite
def national_texts(draw: st.DrawFn) -> tuple[str, Language | None, Language | None]:
    locking, single = draw(st.sampled_from(PAIRS))
    return draw(st.text(alphabet_of(locking, single), max_size=400)), locking, single


def arrived(segments: tuple[SegmentData, ...], alphabet: Alphabet) -> list[UserData]:
    """The segments as a receiver gets them."""
    dcs = make_dcs(alphabet)
    return [UserData(dcs, bool(segment.udh), segment.udl, segment.user_data) for segment in segments]


def summary(fit: Fit) -> tuple[Alphabet, int, int, int]:
    return fit.alphabet, fit.segments, fit.characters, fit.characters_left
