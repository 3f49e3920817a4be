"""A small application that speaks SMPP: sends one SMS, waits for its receipt and for what the device answers.

`pip install smpplib`, then `python smpp_client.py HOST PORT SYSTEM_ID PASSWORD NUMBER TEXT`.
"""

import sys

import smpplib.client
import smpplib.consts
import smpplib.gsm

RECEIPT = 0x04  # esm_class: this deliver_sm is a receipt


def main() -> None:
    host, port, system_id, password, number, text = sys.argv[1:]
    heard = {"receipt": False, "answer": False}

    def message(pdu, **_):  # type: ignore[no-untyped-def]  # as smpplib calls it
        kind = "receipt" if pdu.esm_class & RECEIPT else "answer"
        heard[kind] = True
        print(f"{kind}: {pdu.short_message.decode('latin-1')}", flush=True)
        return smpplib.consts.SMPP_ESME_ROK  # this is what acknowledges it

    client = smpplib.client.Client(host, int(port), timeout=30, allow_unknown_opt_params=True)
    client.set_message_sent_handler(
        lambda pdu, **_: print(f"accepted: {pdu.message_id.decode()}", flush=True)
    )
    client.set_message_received_handler(message)
    client.connect()
    client.bind_transceiver(system_id=system_id, password=password)
    parts, coding, esm_class = smpplib.gsm.make_parts(text)
    for part in parts:
        client.send_message(
            source_addr="2020",
            source_addr_ton=smpplib.consts.SMPP_TON_NWSPEC,  # a short code
            destination_addr=number,
            dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
            dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
            short_message=part,
            data_coding=coding,
            esm_class=esm_class,
            registered_delivery=1,
        )
    while not all(heard.values()):
        client.read_once()
    client.unbind()
    client.disconnect()


main()
