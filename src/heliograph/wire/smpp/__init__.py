"""SMPP 3.4 both ways, sans I/O: octets to PDUs and back, values inside them, and the session of either side.

Comes in: octets, values, and the time. Goes out: values, octets, events. Never here: sockets, a clock, any
decision about a message, and the words of the domain. Names by module:

- `numbers`: `CommandId Status Ton Npi MessageState MessageMode MessageType Feature ReceiptWish …`,
  `status_name`, `command_name`
- `pdus`: a dataclass per PDU (`SubmitSm(source_addr=…, short_message=…)`, `SubmitSmResp(status, id)`);
  `Request.answer` is the class of its response. `lists`: `SmeAddress DistributionList Unsuccessful`
- `tlv`: `SAR_MSG_REF_NUM.of(pdu.tlvs)` reads, `tlvs=(SAR_MSG_REF_NUM(7),)` writes; `PARAMETERS` by tag
- `codec`: `encode(pdu, sequence, with_tlvs=True)`, `decode(octets) -> Numbered(sequence, pdu)`, `Frames.feed`
- `faults`: `MalformedPdu` and `BrokenStream`, with the header and the status of the answer
- `session`: `SmppSession(side, now, limits=Limits(), watch=None)`: `receive_data receive_eof data_to_send
  next_timeout handle_timeout is_over`; `state room unanswered to_answer with_tlvs`;
  `send(request, now) -> sequence | None`, `answer(sequence, response) -> bool`, `may_send(class)`,
  `bind(bind, now)`, `outbind(outbind, now)`, `accept_bind(system_id, now, limits=None) -> bool`,
  `refuse_bind(status, tlvs=()) -> bool`, `unbind(now) -> bool`, `close() -> events`
- `events`: `BindRequested Bound BindRefused OutbindReceived Requested Answered Unanswered Rejected Stray
  PeerNacked Ended`, `EndReason`, `Limits`. `matrix`: `Side State verdict`
- `times`: `parse_time(text, now_ms) -> ms | None`, `absolute_time(ms, zone_quarters=0)`, `relative_time(s)`
- `receipt`: `Receipt`, `build_receipt(receipt) -> octets`, `parse_receipt(octets)`, `is_receipt(octets)`
- `coding`: `coding_of(data_coding) -> Coding | None`, `data_coding_of(charset, message_class=None)`,
  `decode_text(coding, octets, header)`, `encode_text(text, charset)`, `best_charset(text)`, `check_octets`
- `parts`: `read_body(pdu) -> Body(octets, udh, header, part, ports)`, `read_text([(coding, body), …])`,
  `write_whole(octets, udh)`, `write_parts(octets, alphabet, reference=…, form=Form.UDH, udh=b"")`
"""
