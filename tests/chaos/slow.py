"""Clients on bad lines: they send a start byte by byte, straight to a replica, and read the answer as slowly."""

from __future__ import annotations

import json
import socket
import threading
import time

from tests.chaos.calling import AUTHORIZATION
from tests.chaos.starters import Order

PAUSE = 0.05
PIECES = 40


def start_slowly(order: Order, port: int, stop: threading.Event) -> bool:
    """Whether it came through; if not, the same start may be repeated by others."""
    body = json.dumps(order.body).encode()
    head = (
        f"POST /engine-rest{order.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {AUTHORIZATION}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: {order.key}\r\n"
        "Connection: close\r\n\r\n"
    )
    request = head.encode() + body
    size = len(request) // PIECES + 1
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            for begin in range(0, len(request), size):
                connection.sendall(request[begin : begin + size])
                if stop.wait(PAUSE):
                    return False
            answer = _read_slowly(connection)
    except OSError:
        return False
    head_text, _, text = answer.partition(b"\r\n\r\n")
    if not head_text.startswith(b"HTTP/1.1 200"):
        return False
    order.acknowledge(200, json.loads(text))
    return True


def _read_slowly(connection: socket.socket) -> bytes:
    answer = b""
    while part := connection.recv(64):
        answer += part
        time.sleep(PAUSE / 10)
    return answer
