"""Clients that behave badly, one of each kind per function.

Each of the rude ones takes an address and returns a connection that is still open, or nothing where
the client has gone.
"""

import socket
import struct
import time

# A linger time of zero makes a reset out of closing.
RESET = struct.pack("ii", 1, 0)
PATIENCE = 30


def never_reads(address):
    """Asks for 100 MB, and reads nothing of them."""
    connection = _connect(address, room=4 * 1024)
    connection.sendall(_head("GET /bytes/100000000"))
    return connection


def reads_steadily(address, rate, seconds):
    """Reads a large answer, so many bytes a second, and says whether it is allowed to. Not rude at
    all, but slow."""
    # With less room, it would be its window that is slow.
    connection = _connect(address, room=64 * 1024)
    connection.sendall(_head("GET /bytes/100000000"))
    began, read = time.monotonic(), 0
    try:
        while (elapsed := time.monotonic() - began) < seconds:
            if piece := connection.recv(max(1, int(rate * elapsed) - read)):
                read += len(piece)
            else:
                return False
            time.sleep(0.05)
    except ConnectionError:
        return False
    finally:
        connection.close()
    return True


def half_a_head(address):
    """Begins a request, and says no more."""
    connection = _connect(address)
    connection.sendall(b"GET /plaintext HTTP/1.1\r\nHost: loc")
    return connection


def half_a_body(address):
    """Begins a body, and says no more."""
    connection = _connect(address)
    connection.sendall(_head("POST /echo", "Content-Length: 1000") + b'{"id":')
    return connection


def ends_in_a_head(address):
    """Closes in the middle of a head."""
    half_a_head(address).close()


def resets_in_a_head(address):
    """Resets in the middle of a head."""
    _reset(half_a_head(address))


def ends_in_a_body(address):
    """Closes in the middle of a body that the handler waits for."""
    half_a_body(address).close()


def resets_in_a_body(address):
    """Resets in the middle of a body that the handler waits for."""
    _reset(half_a_body(address))


def resets_in_an_echo(address):
    """Resets in the middle of a body that is sent back while it comes."""
    connection = _connect(address)
    connection.sendall(_head("POST /bytes", "Content-Length: 1000000") + b"x" * 10_000)
    connection.recv(100)
    _reset(connection)


def ends_in_chunks(address):
    """Closes in the middle of a chunk."""
    connection = _connect(address)
    connection.sendall(_head("POST /echo", "Transfer-Encoding: chunked") + b"400\r\n{")
    connection.close()


def ends_before_its_answer(address):
    """Closes while the handler is at work, which would take a minute."""
    connection = _connect(address)
    connection.sendall(_head("GET /delay/60000"))
    connection.close()


def resets_before_its_answer(address):
    """Resets while the handler is at work."""
    connection = _connect(address)
    connection.sendall(_head("GET /delay/60000"))
    _reset(connection)


def resets_in_an_answer(address):
    """Resets in the middle of a large answer."""
    connection = _connect(address, room=4 * 1024)
    connection.sendall(_head("GET /bytes/100000000"))
    connection.recv(1000)
    _reset(connection)


def ends_in_a_stream(address):
    """Closes in the middle of a slow stream, which would take 100 seconds."""
    connection = _connect(address)
    connection.sendall(_head("GET /stream/10000"))
    connection.recv(100)
    connection.close()


def leaves_an_upload(address):
    """Resets in the middle of a file of a form."""
    connection = _connect(address)
    kind = "Content-Type: multipart/form-data; boundary=x"
    connection.sendall(_head("POST /upload", kind, "Content-Length: 500000") + b"--x\r\n"
                       b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
                       + b"a" * 10_000)
    _reset(connection)


def asks_and_leaves(address):
    """Sends many requests at once, and does not stay for the answers."""
    connection = _connect(address)
    connection.sendall(_head("GET /json") * 50)
    _reset(connection)


STAYING = [never_reads, half_a_head, half_a_body]
LEAVING = [
    ends_in_a_head,
    resets_in_a_head,
    ends_in_a_body,
    resets_in_a_body,
    resets_in_an_echo,
    ends_in_chunks,
    ends_before_its_answer,
    resets_before_its_answer,
    resets_in_an_answer,
    ends_in_a_stream,
    leaves_an_upload,
    asks_and_leaves,
]


def is_dropped(connection):
    """Reads what there still is, and says whether the server ends it. It takes its time."""
    connection.settimeout(PATIENCE)
    try:
        while connection.recv(1 << 20):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    finally:
        connection.close()
    return True


def _connect(address, room=None):
    connection = socket.socket()
    connection.settimeout(PATIENCE)
    if room:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.connect(address)
    return connection


def _reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def _head(request, *fields):
    return "\r\n".join([f"{request} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()
