"""Repeats: `Idempotency-Key` on a POST that sends. The same key and body get the first answer for a day.

In: a call and the request made of it. Out: the flow's answer, and whether it is a repeat. A call without a
key goes to the flow itself.
"""

from hashlib import blake2b
from typing import Any, TypeVar

from msgspec.json import Encoder

from heliograph.core.idempotency import LONGEST_KEY, is_key
from heliograph.core.refusal import Refusal
from heliograph.flow.once import Keyed, Once, Told
from heliograph.flow.ports import Flow, Store
from heliograph.interfaces.rest.problem import bad_format
from heliograph.interfaces.rest.route import Call, Headers

R = TypeVar("R")
A = TypeVar("A")
HEADER = b"idempotency-key"
REPLAYED: Headers = ((b"idempotent-replayed", b"true"),)
_ENCODE = Encoder(order="deterministic").encode


async def told(
    store: Store, call: Call[Any, Any], flow: Flow[R, A | Refusal], once: Once[R, A], request: R
) -> Told[A]:
    """`once` wraps `flow`. Both are made once, since calls of one flow share a transaction."""
    given = call.headers.get(HEADER)
    if given is None:
        return Told((await store.run(flow, [request]))[0], replayed=False)
    key = given.decode("latin-1")
    if not is_key(key):
        raise bad_format("Request", "Idempotency-Key", f"must be 1 to {LONGEST_KEY} visible ASCII characters")
    keyed = Keyed(call.caller.org, key, _fingerprint(call), request)
    return (await store.run(once, [keyed]))[0]


def _fingerprint(call: Call[Any, Any]) -> bytes:
    """Of what is asked, whatever order its fields had: the path, and the body as it was understood."""
    return blake2b(_ENCODE([call.at, call.body]), digest_size=16).digest()
