"""An operator's SMS centre for trying things out: takes every bind and every SMS, sends a receipt for each.

`python fake_operator.py PORT`. It prints what it is asked. Only the standard library, and no more of SMPP 3.4
than that. With `down` as a second argument it takes SMS and reports all of them as undeliverable.
"""

import socketserver
import struct
import sys
from itertools import count

HEADER = struct.Struct(">IIII")
BINDS = {1: "receiver", 2: "transmitter", 9: "transceiver"}
SUBMIT, DELIVER, UNBIND, ENQUIRE, ANSWER = 0x04, 0x05, 0x06, 0x15, 0x8000_0000
RECEIPT = b"id:%b sub:001 dlvrd:%03d submit date:2601010000 done date:2601010000 stat:%b err:000 text:"
numbers = count(1)


def fields(body: bytes) -> tuple[bytes, bytes, bytes]:
    """Source, destination and text of a submit_sm (SMPP 3.4 §4.4.1)."""
    _, rest = body.split(b"\0", 1)
    source, rest = rest[2:].split(b"\0", 1)
    destination, rest = rest[2:].split(b"\0", 1)
    _, rest = rest[3:].split(b"\0", 1)
    _, rest = rest.split(b"\0", 1)
    return source, destination, rest[5 : 5 + rest[4]]


class Operator(socketserver.StreamRequestHandler):
    stat, arrived = b"DELIVRD", 1

    def handle(self) -> None:
        while len(header := self.rfile.read(HEADER.size)) == HEADER.size:
            length, command, _, sequence = HEADER.unpack(header)
            body = self.rfile.read(length - HEADER.size)
            if command in BINDS:
                print(f"bind: {BINDS[command]} {body.split(bytes(1))[0].decode()}", flush=True)
                self.say(command | ANSWER, sequence, b"fake\0")
            elif command == SUBMIT:
                self.take(sequence, body)
            elif command in (ENQUIRE, UNBIND):
                self.say(command | ANSWER, sequence)

    def take(self, sequence: int, body: bytes) -> None:
        source, destination, text = fields(body)
        print(f"sms: {source.decode()} -> {destination.decode()}: {text.decode('latin-1')}", flush=True)
        id = b"%d" % next(numbers)
        self.say(SUBMIT | ANSWER, sequence, id + b"\0")
        receipt = RECEIPT % (id, self.arrived, self.stat)
        addresses = b"\x01\x01" + destination + b"\0" + b"\0\0" + source + b"\0"
        rest = b"\x04\0\0" + b"\0\0" + b"\0\0\0\0" + bytes([len(receipt)]) + receipt
        self.say(DELIVER, 1_000_000 + int(id), b"\0" + addresses + rest)

    def say(self, command: int, sequence: int, body: bytes = b"") -> None:
        self.wfile.write(HEADER.pack(HEADER.size + len(body), command, 0, sequence) + body)


class Broken(Operator):
    stat, arrived = b"UNDELIV", 0


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


if __name__ == "__main__":
    kind = Broken if sys.argv[2:] == ["down"] else Operator
    with Server(("127.0.0.1", int(sys.argv[1])), kind) as server:
        server.serve_forever()
