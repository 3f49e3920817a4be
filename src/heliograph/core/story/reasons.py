"""Reasons in words: outcome codes, refusal codes, the codes of final states, and how a text was encoded."""

from heliograph.core.message import DEVICE_DELETED
from heliograph.core.outcome import MEANINGS, meaning
from heliograph.core.refusal import CODES
from heliograph.wire.gsm.alphabet import Language
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

# Why a message ended, beyond what networks answer and policies refuse.
ENDS: dict[str, str] = {
    "validity": "its validity ended before it could be delivered",
    "no_receipt": "the upstream took it over and never reported what became of it",
    "canceled": "its sender took it back",
    DEVICE_DELETED: "its device was deleted",
    "upstream_deleted": "its upstream was deleted while it waited",
    "callback_deleted": "its callback was deleted while it waited",
    "account_deleted": "its SMPP account was deleted while it waited",
    "too_many_waiting": "more waited for its SMPP account than may, and it was among the oldest",
    "replaced": "a newer message took its place",
    "unknown_outcome": "its only attempt may have arrived, and its sender asked for at most one",
}
# What a lane's code says when it is no outcome; some carry an argument after a colon.
LANES: dict[str, str] = {
    "away": "the device has left the network",
    "attached": "the device attached",
    "memory_free": "the device freed memory",
    "gate_opened": "its gate opened",
    "moved": "the device moved to another network",
    "numbered": "the device got a SIM",
    "reset": "the device's location was reset",
    "under_way": "an attempt is under way",
}
_ALPHABETS = {Alphabet.GSM7: "GSM 7-bit text", Alphabet.OCTETS: "8-bit data", Alphabet.UCS2: "UCS-2 text"}
# 3GPP TS 23.038 §4
_CLASSES = {
    0: "class 0 (flash)",
    1: "class 1 (stored in the device)",
    2: "class 2 (stored on the SIM)",
    3: "class 3 (for the terminal equipment)",
}
_SOONER = {"memory_full": ", or when the device frees memory"}
# What set the time of the next try. Other words are classes of the retry schedule.
_CLOCKS = {
    "": "",
    "network": ", as the network asked",
    "alert": ", since the device showed itself meanwhile",
    "returned": ", since nothing was sent",
}


def reason(code: str) -> str:
    """Without a full stop, to stand in a sentence."""
    if code in MEANINGS:
        return MEANINGS[code].sentence
    said = ENDS.get(code) or LANES.get(code.partition(":")[0]) or CODES.get(code)
    if said is None:
        return meaning(code).sentence
    return said[0].lower() + said[1:].rstrip(".")


def is_unknown(code: str, why: str = "") -> bool:
    """Sent, and no answer came: the code tells how, `why` the class of its retry."""
    return why == "unknown" or code == "no_answer" or meaning(code).retry == "unknown"


def retry_reason(why: str, to_device: bool) -> str:
    if why in _CLOCKS:
        return _CLOCKS[why]
    schedule = "an unknown outcome" if why == "unknown" else why.replace("_", " ")
    return f", by the schedule for {schedule}{sooner(why) if to_device else ''}"


def sooner(retry: str) -> str:
    """What brings the next try forward."""
    return _SOONER.get(retry, ", or when the device attaches")


def encoding(dcs: int, languages: int = 0) -> str:
    """A data coding scheme in words, with the national tables if any were used."""
    scheme = parse_dcs(dcs)
    words = [_ALPHABETS[scheme.alphabet]]
    words += [f"with the {name} {table} table" for name, table in _tables(languages)]
    if scheme.message_class is not None:
        words.append(_CLASSES[scheme.message_class])
    if scheme.waiting is not None:
        words.append("message waiting indication")
    return ", ".join(words)


def _tables(languages: int) -> list[tuple[str, str]]:
    """Locking × 256 + single. 3GPP TS 23.038 §6.2.1.2.4."""
    locking, single = divmod(languages, 256)
    pairs = ((locking, "locking shift"), (single, "single shift"))
    return [(Language(number).name.capitalize(), table) for number, table in pairs if number]
