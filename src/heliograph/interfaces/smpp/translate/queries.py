"""What becomes of a message, as query_sm_resp says it (SMPP 3.4 §4.8.2)."""

from heliograph.core.message import Message
from heliograph.interfaces.smpp.translate.receipts import error_code, message_state
from heliograph.wire.smpp.numbers import MessageState, Status
from heliograph.wire.smpp.pdus import QuerySmResp
from heliograph.wire.smpp.times import absolute_time

_LARGEST_OCTET = 0xFF


def answer_of(message: Message, now: int, version: int) -> QuerySmResp:
    state = message_state(message)
    is_scheduled = message.not_before is not None and message.not_before > now and not message.attempts
    if state is MessageState.ENROUTE and is_scheduled and version >= 0x50:
        state = MessageState.SCHEDULED
    error = min(error_code(state, message.reason), _LARGEST_OCTET)
    final = absolute_time(message.final_at) if message.final_at is not None else ""
    return QuerySmResp(Status.ROK, str(message.id), final, state, error)
