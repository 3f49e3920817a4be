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
"""
