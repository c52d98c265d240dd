"""Clients that do not read, that stop in the middle, and that vanish, many of each kind."""

import time

import rude
from server import Server, want_descriptors
from witness import Witness


def run(checks, binary, quick):
    """The same clients twice, so that the second time can be compared with what the first left."""
    count, limit = (40, 2) if quick else (200, 10)
    want_descriptors(5_000)
    settings = {f"SERVER__{name}": f"{limit}s"
                for name in ("HEADER_TIMEOUT", "BODY_TIMEOUT", "WRITE_TIMEOUT")}
    with Server(binary, settings=settings) as server:
        cold = server.rest()
        _round(checks, "rude clients", server, count, limit)
        warm = server.rest(until=cold)
        _round(checks, "rude clients, again", server, count, limit)
        # So slow that a buffer of the system, of 4 MiB, does not become a third empty within the
        # limit, and quick enough for `server.unsent_limit` to become half empty.
        rate = 700_000 // limit
        is_served = rude.reads_steadily(server.address, rate, 2.5 * limit)
        checks.hold("a client that reads slowly, but goes on", is_served,
                    f"{'served' if is_served else 'cut'}, {rate:,} bytes a second, limit {limit} s")
        checks.returned("rude clients", warm, server.rest(until=warm))


def _round(checks, name, server, count, limit):
    with Witness(server.address) as witness:
        staying = {kind: [kind(server.address) for _ in range(count)] for kind in rude.STAYING}
        began = time.monotonic()
        for _ in range(count):
            for kind in rude.LEAVING:
                kind(server.address)
        # Nobody reads before the server has given up.
        time.sleep(max(0.0, began + limit + 2 - time.monotonic()))
        for kind, connections in staying.items():
            dropped = sum(rude.is_dropped(connection) for connection in connections)
            checks.hold(f"{name}, {_title(kind)}", dropped == count,
                        f"{dropped} of {count} dropped by {limit} s")
    leaving = ", ".join(_title(kind) for kind in rude.LEAVING)
    checks.note(f"{name}, and {count} each", leaving)
    checks.served(name, witness)


def _title(kind):
    return kind.__name__.replace("_", " ")
