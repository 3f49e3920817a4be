"""A crowd of callers: each on a connection of its own, all sending at the same moment."""

import asyncio
import json

LONGEST_SECONDS = 60.0


def send_at_once(port: int, path: str, token: str, callers: int, body: object) -> list[int]:
    """The statuses of one POST by each."""
    octets = json.dumps(body).encode()
    head = f"POST /api{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
    request = f"{head}Content-Length: {len(octets)}\r\nConnection: close\r\n\r\n".encode() + octets
    return asyncio.run(asyncio.wait_for(_together(port, request, callers), LONGEST_SECONDS))


async def _together(port: int, request: bytes, callers: int) -> list[int]:
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(callers)]
    for _, writer in connections:
        writer.write(request)
    answers = await asyncio.gather(*(reader.read() for reader, _ in connections))
    for _, writer in connections:
        writer.close()
        await writer.wait_closed()
    return [int(answer.split(b" ", 2)[1]) for answer in answers]
