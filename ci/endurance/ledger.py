"""A client that knows of every request what became of it, while the server stops under it.

Each request has an id of its own, which the server takes over into its log: what the server has
handled is known from there, and what the client has got from here.
"""

import collections
import re
import select
import socket
import time

# What can become of a request. After the second the client may send it again (RFC 9112 §9.3.1,
# §9.5), if the server has not handled it.
ANSWERED = "answered"
CLOSED = "closed before an answer"
RESET = "reset before an answer"
TORN = "torn answer"
WRONG = "wrong answer"
SILENT = "no answer"

# How long an answer is waited for when the server stops, in seconds.
PATIENCE = 20
# How many requests of each kind come in a row.
CYCLE = 20
ECHO = (b'{"id":1,"name":"Clara","email":"clara@example.com","score":0.5,"active":true,'
        b'"tags":["a"],"place":null,"level":"high"}')

# A request: its id, whether it was the first of its connection, and what became of it.
Entry = collections.namedtuple("Entry", "id is_first fate")


class Talk:
    """One connection, with the requests that wait for their answers on it."""

    def __init__(self, address, poll):
        self.poll = poll
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.waiting = collections.deque()
        self.is_new = True
        self.got = bytearray()
        # The second half of a body, and when it is due.
        self.rest = None
        self.is_last = False
        poll.register(self.socket, select.EPOLLIN | select.EPOLLRDHUP)

    def close(self):
        self.poll.unregister(self.socket)
        self.socket.close()


class Ledger:
    """Keeps connections busy, and books each request."""

    def __init__(self, address, name, rate, connections, keeps):
        self.address, self.name, self.rate, self.keeps = address, name, rate, keeps
        self.most = connections
        self.poll = select.epoll()
        self.talks = {}
        self.idle = collections.deque()
        self.book = []
        self.count = 0
        self.is_closed = False

    def run(self):
        """Asks until no connection is taken any more and each request has its fate."""
        began, last = time.monotonic(), None
        due = 0.0
        while True:
            now = time.monotonic()
            if self.is_closed:
                last = last or now
                if not self.talks or now > last + PATIENCE:
                    break
            # What a busy machine has delayed is not sent in one blow.
            due = min(now - began, max(due, now - began - 0.05))
            while due < now - began:
                due += 1 / self.rate
                if not self._ask():
                    break
            self._send_rests(now)
            for number, _ in self.poll.poll(0.001):
                # An event may be left of a connection that has ended since.
                if number in self.talks:
                    self._read(self.talks[number])
        for talk in list(self.talks.values()):
            self._end(talk, SILENT)
        return self.book

    def _ask(self):
        talk = self._free()
        if talk is None:
            return False
        kind = self.count % CYCLE
        if not self.keeps:
            self._send(talk, [_get("/plaintext", self._id(), b"Connection: close\r\n"
                                   if kind % 2 else b"")])
        elif kind == 0:
            self._send(talk, [_get("/delay/20", self._id())])
        elif kind == 1:
            head = _head("POST", "/echo", self._id(), _fields(ECHO))
            half = len(ECHO) // 2
            self._send(talk, [head + ECHO[:half]])
            talk.rest = time.monotonic() + 0.01, ECHO[half:]
        elif kind == 2:
            several = [_get("/json", self._id(at)) for at in range(4)]
            self._send(talk, several)
        else:
            self._send(talk, [_get("/json", self._id())])
        return True

    def _free(self):
        while self.keeps and self.idle:
            talk = self.idle.popleft()
            if talk.socket.fileno() in self.talks and not talk.waiting:
                return talk
        if self.is_closed or len(self.talks) >= self.most:
            return None
        try:
            talk = Talk(self.address, self.poll)
        except ConnectionRefusedError:
            self.is_closed = True
            return None
        self.talks[talk.socket.fileno()] = talk
        return talk

    def _id(self, ahead=0):
        return f"{self.name}-{self.count + ahead}"

    def _send(self, talk, requests):
        for _ in requests:
            talk.waiting.append((self._id(), talk.is_new))
            talk.is_new = False
            self.count += 1
        self._push(talk, b"".join(requests))

    def _send_rests(self, now):
        for talk in list(self.talks.values()):
            if talk.rest and talk.rest[0] <= now:
                body, talk.rest = talk.rest[1], None
                self._push(talk, body)

    def _push(self, talk, data):
        try:
            talk.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            # What the server has said before is still there to be read, and so is its end.
            pass

    def _read(self, talk):
        try:
            data = talk.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except ConnectionResetError:
            self._end(talk, RESET)
            return
        if not data:
            self._end(talk, CLOSED)
            return
        talk.got += data
        while talk.waiting and self._take(talk):
            pass
        if talk.waiting:
            return
        if not self.keeps or talk.is_last:
            self._end(talk, CLOSED)
        else:
            self.idle.append(talk)

    def _take(self, talk):
        end = talk.got.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(talk.got[:end]).lower()
        whole = end + 4 + int(re.search(rb"\r\ncontent-length: *(\d+)", head).group(1))
        if len(talk.got) < whole:
            return False
        id, is_first = talk.waiting.popleft()
        del talk.got[:whole]
        named = f"\r\nx-request-id: {id}\r\n".encode() in head + b"\r\n"
        is_right = named and head.startswith(b"http/1.1 200 ")
        self.book.append(Entry(id, is_first, ANSWERED if is_right else WRONG))
        talk.is_last = b"\r\nconnection: close" in head
        return True

    def _end(self, talk, fate):
        del self.talks[talk.socket.fileno()]
        for id, is_first in talk.waiting:
            self.book.append(Entry(id, is_first, TORN if talk.got else fate))
            # Only the first of them can have been answered in part.
            talk.got.clear()
        talk.waiting.clear()
        talk.close()


def _get(path, id, more=b""):
    return _head("GET", path, id, more)


def _head(method, path, id, more):
    return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {id}\r\n".encode()
            + more + b"\r\n")


def _fields(body):
    return f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n".encode()
