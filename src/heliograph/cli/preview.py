"""Previewing a text: a pure question, so no server and no folder is needed."""

from typing import Any

from heliograph.core.refusal import Refusal
from heliograph.interfaces.control.client import Refused
from heliograph.wire.gsm.alphabet import Unencodable
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.text import TooLong, fits


def fit_document(text: str, alphabet: str | None, national: bool) -> dict[str, Any]:
    try:
        fit = fits(text, alphabet=Alphabet(alphabet) if alphabet else None, allow_national=national)
    except Unencodable as error:
        reason = f"{error.character!r} at {error.index} is not in the encoding."
        raise Refused(Refusal("bad_text", reason)) from None
    except (TooLong, UnicodeEncodeError) as error:
        raise Refused(Refusal("too_long", f"The text cannot be sent: {error}.")) from None
    return {
        "encoding": fit.alphabet.value,
        "segments": fit.segments,
        "characters": fit.characters,
        "characters_left": fit.characters_left,
        "locking_table": fit.locking.name.lower() if fit.locking else None,
        "single_table": fit.single.name.lower() if fit.single else None,
        "forced_by": f"{fit.forced_by[1]} at {fit.forced_by[0]}" if fit.forced_by else None,
    }
