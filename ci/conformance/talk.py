"""What is said on one connection: the steps of a case, and what came of them."""

import time
from dataclasses import dataclass, field

from answer import Malformed, read_answer, read_interim
from wire import Ended, Silence, Wire

# Shows whether a connection is still good: whoever answers this, answers requests.
PROBE = b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\nX-Probe: 1\r\n\r\n"
PROBE_BODY = b"Hello, World!"


@dataclass
class Talk:
    """A connection, the answers it has brought, and how it ended."""

    wire: Wire
    methods: tuple
    answers: list = field(default_factory=list)
    # Interim answers that were waited for; they belong to the next final answer.
    interim: list = field(default_factory=list)
    # What is wrong whatever the case wants: a malformed answer, a timer at the wrong time.
    faults: list = field(default_factory=list)
    # Whether the client went away or fell silent first, so that the end needs no announcement.
    is_left: bool = False
    # "closed" by the server, "cut" amid the head of an answer, or "open" for further requests;
    # None if that was not found out.
    end: str | None = None

    async def answer(self):
        """Reads the next answer."""
        at = len(self.answers)
        method = self.methods[at] if at < len(self.methods) else "GET"
        answer = await read_answer(self.wire, method)
        answer.interim, self.interim = self.interim + answer.interim, []
        self.answers.append(answer)
        return answer

    async def drain(self):
        """Reads answers until the server ends the connection."""
        while True:
            await self.answer()

    def is_over(self):
        """Whether no further answer can come."""
        return bool(self.wire.how_ended) and self.wire.is_empty()


async def hold(address, case, facts):
    """Plays a case on a connection of its own, and finds out whether that stays usable."""
    wire = await Wire.open(address, case.receive_buffer)
    talk = Talk(wire, case.methods)
    try:
        for step in case.steps:
            await _step(step, talk, facts)
        while len(talk.answers) < case.requests:
            await talk.answer()
        await _probe(talk)
    except Ended:
        talk.end = "closed" if wire.is_empty() else "cut"
    except (Malformed, Silence) as fault:
        talk.faults.append(str(fault))
    finally:
        await wire.close()
    return talk


async def _step(step, talk, facts):
    if isinstance(step, bytes):
        talk.wire.send(step)
    elif callable(getattr(step, "run", None)):
        await step.run(talk)
    else:
        talk.wire.send(step(facts))


async def _probe(talk):
    """Sends one more request.

    Its answer shows that the connection stays open, and an answer to anything else shows that
    bytes were taken for a request that are none.
    """
    if talk.answers and talk.answers[-1].is_truncated:
        talk.end = "closed"
        return
    wanted = len(talk.answers)
    talk.wire.send(PROBE)
    answer = await talk.answer()
    talk.wire.finish()
    try:
        await talk.drain()
    except Ended:
        pass
    probe = talk.answers.pop()
    is_probe = probe.status == 200 and probe.body == PROBE_BODY and len(talk.answers) == wanted
    if not is_probe:
        talk.answers.append(probe)
        talk.faults.append("something was taken for a request that is none")
    elif wanted and talk.answers[-1].closes():
        talk.faults.append("a request was answered after `Connection: close` (RFC 9112 §9.6)")
    talk.end = "open"


@dataclass(frozen=True)
class NextAnswer:
    """Waits for an answer before the next bytes are sent."""

    async def run(self, talk):
        """Reads it."""
        await talk.answer()


@dataclass(frozen=True)
class Interim:
    """Waits for `100 Continue`."""

    async def run(self, talk):
        """Reads it."""
        talk.interim.append(await read_interim(talk.wire))


@dataclass(frozen=True)
class Anything:
    """Waits for the first bytes of an answer, interim or final."""

    async def run(self, talk):
        """Leaves them where they are."""
        await talk.wire.something()


@dataclass(frozen=True)
class UnlessClosing:
    """Sends bytes that a server wants only if it goes on after its last answer."""

    data: bytes

    async def run(self, talk):
        """Sends them, or lets them be."""
        if not talk.answers[-1].closes():
            talk.wire.send(self.data)


@dataclass(frozen=True)
class Finish:
    """Ends the client's side of the connection, as a client does that has gone away."""

    async def run(self, talk):
        """Ends it, and waits for what the server makes of it."""
        talk.is_left = True
        talk.wire.finish()
        await talk.drain()


@dataclass(frozen=True)
class Pieces:
    """Sends bytes in writes of so many bytes each, and lets each go out before the next."""

    data: bytes
    size: int = 1

    async def run(self, talk):
        """Sends them."""
        for at in range(0, len(self.data), self.size):
            talk.wire.send(self.data[at : at + self.size])
            await talk.wire.flushed()


@dataclass(frozen=True)
class ClosedAfter:
    """Waits for a timer of the server, sending a byte now and then if there are any to send."""

    # The time the server is configured to be patient, in seconds.
    limit: float
    drip: bytes = b""
    # How often a byte is sent, in seconds.
    every: float = 0.25
    # What a busy machine may add, in seconds.
    SLACK = 4.0

    async def run(self, talk):
        """Sends, waits, and notes if the end came too early or not at all."""
        talk.is_left = True
        began = time.monotonic()
        drip = iter(self.drip)
        while time.monotonic() < began + self.limit + self.SLACK:
            if (byte := next(drip, None)) is not None:
                talk.wire.send(bytes([byte]))
            if await talk.wire.ended(self.every):
                break
        took = time.monotonic() - began
        if not talk.wire.how_ended:
            talk.faults.append(f"the connection was still open after {took:.1f} s")
        elif took < self.limit * 0.9:
            talk.faults.append(f"the connection was closed after {took:.1f} s of {self.limit} s")
        await talk.drain()


@dataclass(frozen=True)
class LeaveUnread:
    """Reads nothing for so many seconds, then everything."""

    seconds: float

    async def run(self, talk):
        """Pauses the receiver."""
        talk.wire.pause()
        await talk.wire.ended(self.seconds)
        talk.wire.resume()
        await talk.drain()
