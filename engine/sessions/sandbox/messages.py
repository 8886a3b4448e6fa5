"""What goes between a sandbox's session and its keeper: JSON behind its length, with a terminal where one is needed."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

LENGTH = struct.Struct(">I")


def send(peer: socket.socket, message: Mapping[str, Any], terminal: int | None = None) -> None:
    data = json.dumps(message).encode()
    head = LENGTH.pack(len(data))
    if terminal is None:
        peer.sendall(head)
    else:
        socket.send_fds(peer, [head], [terminal])
    peer.sendall(data)


def receive(peer: socket.socket) -> tuple[Mapping[str, Any], int | None] | None:
    """None when the other end is gone."""
    head, fds, _, _ = socket.recv_fds(peer, LENGTH.size, 1)
    while head and len(head) < LENGTH.size:
        more = peer.recv(LENGTH.size - len(head))
        if not more:
            return None
        head += more
    if not head:
        return None
    data = bytearray()
    (length,) = LENGTH.unpack(head)
    while len(data) < length:
        part = peer.recv(min(length - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return json.loads(data), (fds[0] if fds else None)
