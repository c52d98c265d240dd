"""A long time with clients that leave early: what is held stays what it was when it was warm."""

import random
import time

import rude
from server import Server
from witness import Witness

# How many clients come per second, beside one that behaves.
PER_SECOND = 100
# How long the server warms up, as a part of all the time, and how long at least, in seconds.
WARM = 0.1
WARM_AT_LEAST = 20
# How many lines tell how it goes.
LINES = 10


def run(checks, binary, minutes):
    """Lets rude clients come for so many minutes."""
    seconds = minutes * 60
    warming = max(WARM_AT_LEAST, seconds * WARM)
    settings = {f"SERVER__{name}": "5s"
                for name in ("HEADER_TIMEOUT", "BODY_TIMEOUT", "WRITE_TIMEOUT")}
    with Server(binary, settings=settings) as server:
        cold = server.rest()
        with Witness(server.address):
            _load(checks, server, warming, lines=1)
        warm = server.rest(until=cold)
        checks.note("soak, warm", _text(warm))
        with Witness(server.address) as witness:
            came = _load(checks, server, seconds - warming, LINES)
        checks.served("soak", witness)
        checks.note("soak", f"{came:,} rude clients came")
        checks.returned("soak", warm, server.rest(until=warm))


def _load(checks, server, seconds, lines):
    began, came, told = time.monotonic(), 0, 0
    staying = []
    # The same clients in each run.
    choice = random.Random(20261121)
    while (elapsed := time.monotonic() - began) < seconds:
        kind = choice.choice(rude.LEAVING * 4 + rude.STAYING)
        connection = kind(server.address)
        if connection:
            staying.append((time.monotonic() + choice.uniform(0, 20), connection))
        while staying and staying[0][0] < time.monotonic():
            staying.pop(0)[1].close()
        came += 1
        if elapsed > (told + 1) * seconds / lines:
            told += 1
            checks.note(f"soak, after {elapsed:.0f} s", _text(server.usage()))
        time.sleep(max(0.0, came / PER_SECOND - (time.monotonic() - began)))
    for _, connection in staying:
        connection.close()
    return came


def _text(usage):
    return ", ".join(f"{what} {value:,}" for what, value in usage._asdict().items())
