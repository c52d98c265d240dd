"""Slow clients, as slowhttptest has them: heads, bodies and ranges that do not come to their end,
and answers that are not read."""

import subprocess
import time

from server import Server
from witness import Witness

# What comes between the end of a limit and that of a connection, in seconds: the client is still
# listened to for two, and a busy machine takes its time.
GRACE = 5
# How many of its connections have to be there at a time, for an attack to be one: on a busy
# machine, the first may be dropped before the last has come.
MOST = 0.5
# How many connections slowhttptest opens per second.
RATE = 250


def run(checks, binary, quick):
    """Each of the attacks, against limits that are short, or as they are by default."""
    count = 250 if quick else 500
    head, body, request, write, idle = (2, 2, 4, 2, 4) if quick else (10, 10, 30, 30, 75)
    settings = {
        "SERVER__HEADER_TIMEOUT": f"{head}s",
        "SERVER__BODY_TIMEOUT": f"{body}s",
        "SERVER__WRITE_TIMEOUT": f"{write}s",
        "SERVER__KEEP_ALIVE": f"{idle}s",
        "REQUESTS__TIMEOUT": f"{request}s",
    }
    # The name, the limit that ends it, whether its connections last until then, and how it is made.
    attacks = [
        # A field every second, of a head without an end.
        ("slow heads", head, True, ["-H", "-i", "1", "-x", "10", "-u", "/"]),
        # A piece every second, of a body that is never complete: the least rate ends it, or the
        # time of the route.
        ("slow bodies", request, True, ["-B", "-i", "1", "-s", "8192", "-x", "10", "-u", "/form"]),
        # One piece, and then none: the time between two pieces ends it.
        ("silent bodies", body, True, ["-B", "-i", "600", "-s", "8192", "-x", "10", "-u", "/form"]),
        # A thousand ranges that overlap: the client leaves when it has its answer.
        ("many ranges", idle, False, ["-R", "-t", "GET", "-a", "1", "-b", "1000",
                                      "-u", "/static/hello.txt"]),
        # 32 bytes every five seconds, of 100 MB.
        ("slow readers", write, True, ["-X", "-w", "512", "-y", "1024", "-n", "5",
                                       "-z", "32", "-u", "/bytes/100000000"]),
    ]
    with Server(binary, settings=settings) as server:
        for name, limit, is_held, arguments in attacks:
            _round(checks, name, server, count, limit, is_held, arguments)
            warm = server.rest()
            _round(checks, f"{name}, again", server, count, limit, is_held, arguments)
            checks.returned(name, warm, server.rest(until=warm))


def _round(checks, name, server, count, limit, is_held, arguments):
    before = server.rest().descriptors
    with Witness(server.address) as witness:
        most, took = _slowhttptest(server, count, limit, arguments, before)
    checks.served(name, witness)
    is_real = most >= (count * MOST if is_held else 1)
    is_over = took is not None and took <= limit + GRACE
    ended = "not dropped" if took is None else f"the last dropped after {took:.1f} s"
    checks.hold(f"{name}, dropped in time", is_real and is_over,
                f"{most} of {count} connections at a time, {ended}, limit {limit} s")


def _slowhttptest(server, count, limit, arguments, before):
    """Runs an attack until the server has dropped all of it, or should have."""
    arguments = [f"{server.url}{word}" if word.startswith("/") else word for word in arguments]
    command = ["slowhttptest", "-c", str(count), "-r", str(RATE), "-l", str(limit + 3 * GRACE),
               "-p", "3", *arguments]
    attack = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return _watch(server, attack, count, before)
    finally:
        attack.kill()
        attack.wait()


def _watch(server, attack, count, before):
    """How many connections there were at a time, and how long the last of them was there."""
    most, full = 0, None
    while True:
        ended = attack.poll()
        if ended:
            raise RuntimeError(f"slowhttptest failed with exit code {ended}")
        # Another client has two connections.
        now = max(0, server.descriptors() - before - 2)
        if now > most:
            most, full = now, time.monotonic()
        if now == 0 and most >= count * MOST:
            return most, time.monotonic() - full
        if ended == 0:
            return most, None if now else time.monotonic() - (full or 0)
        time.sleep(0.02)
