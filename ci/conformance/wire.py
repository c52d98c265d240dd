"""One connection to a server: bytes go out and come in, and all of them are kept.

Sending never waits for the server, and receiving never waits for the sender: a server that
refuses a request amid its body is heard, even if it resets the connection afterwards.
"""

import asyncio
import socket
import time


class Ended(Exception):
    """The server ended the connection before what was expected of it had come."""


class Silence(Exception):
    """The server said nothing for longer than anybody should wait."""


class Wire:
    """A TCP connection of which every byte is remembered."""

    # How long the server may be silent when it is its turn, in seconds.
    PATIENCE = 8.0

    def __init__(self, sock):
        self.sent = bytearray()
        self.got = bytearray()
        self.how_ended = None
        self._sock = sock
        self._taken = 0
        self._changed = asyncio.Event()
        self._reads = asyncio.Event()
        self._reads.set()
        self._outgoing = asyncio.Queue()
        self._tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._transmit())]

    @classmethod
    async def open(cls, address, receive_buffer=None):
        """Connects; a small `receive_buffer`, in bytes, lets the server notice an idle reader."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(sock, address)
        return cls(sock)

    def send(self, data):
        """Queues bytes to be sent in a write of their own."""
        self.sent += data
        self._outgoing.put_nowait(bytes(data))

    def finish(self):
        """Ends this side of the connection, once everything queued is out."""
        self._outgoing.put_nowait(None)

    def pause(self):
        """Leaves what comes from now on in the socket."""
        self._reads.clear()

    def resume(self):
        """Reads again."""
        self._reads.set()

    async def flushed(self):
        """Waits until everything queued has been handed to the system."""
        await self._outgoing.join()

    def is_empty(self):
        """Whether everything received has been taken."""
        return self._taken == len(self.got)

    async def line(self):
        """Takes the bytes up to the next LF, with it."""
        while (end := self.got.find(b"\n", self._taken)) < 0:
            await self._more()
        return self._take(end + 1 - self._taken)

    async def exactly(self, count):
        """Takes so many bytes."""
        while len(self.got) - self._taken < count:
            await self._more()
        return self._take(count)

    async def rest(self):
        """Takes everything up to the end of the connection."""
        while not self.how_ended:
            await self._more()
        return self._take(len(self.got) - self._taken)

    async def something(self):
        """Waits for a byte without taking it."""
        while self.is_empty():
            await self._more()

    async def ended(self, within):
        """Waits for the end of the connection, so many seconds, and says whether it came."""
        until = time.monotonic() + within
        while not self.how_ended:
            try:
                await self._change(until - time.monotonic())
            except Silence:
                return False
        return True

    async def close(self):
        """Drops the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._sock.close()

    def _take(self, count):
        taken = bytes(self.got[self._taken : self._taken + count])
        self._taken += count
        return taken

    async def _more(self):
        if self.how_ended:
            raise Ended(self.how_ended)
        await self._change(self.PATIENCE)

    async def _change(self, within):
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), max(within, 0))
        except asyncio.TimeoutError:
            raise Silence(f"nothing came for {within:.1f} s") from None

    async def _receive(self):
        loop = asyncio.get_running_loop()
        while not self.how_ended:
            await self._reads.wait()
            try:
                data = await loop.sock_recv(self._sock, 65536)
            except ConnectionError:
                self.how_ended = "reset"
            else:
                self.got += data
                if not data:
                    self.how_ended = "end"
            self._changed.set()

    async def _transmit(self):
        loop = asyncio.get_running_loop()
        while True:
            data = await self._outgoing.get()
            try:
                if data is None:
                    self._sock.shutdown(socket.SHUT_WR)
                else:
                    await loop.sock_sendall(self._sock, data)
            except OSError:
                # The server has gone; what it said before that is with the receiver.
                pass
            finally:
                self._outgoing.task_done()
