"""Connections on which nothing happens: what each of them costs, and what is left of them."""

from server import Server, want_descriptors
from witness import Witness

CONNECTIONS = 10_000
# What a server may take that nobody has asked anything, in MiB, by how many routes it has more. A
# release build takes a third less.
AT_START = {0: 24, 500: 36}
# What a connection may cost that has answered one request, in KiB: in a server that is new, and in
# one in which every page of its two buffers of 8 KiB, which are hyper's, was used by something.
COST = 14
COST_AT_LAST = 24
ROUNDS = 6
# By how much that may differ when the application has 500 routes more.
MORE_WITH_ROUTES = 0.05
# They are to be idle for longer than it takes to open and to count them.
SETTINGS = {"SERVER__KEEP_ALIVE": "10m", "SERVER__MAX_CONNECTIONS": str(CONNECTIONS + 100)}
REQUEST = b"GET /json HTTP/1.1\r\nHost: localhost\r\n\r\n"


def run(checks, binary, quick):
    """What they cost, with few routes and with many, and what they leave."""
    want_descriptors(CONNECTIONS + 500)
    costs = [_cost(checks, binary, routes, 1 if quick else ROUNDS) for routes in (0, 500)]
    growth = abs(costs[1] - costs[0]) / costs[0]
    checks.hold("idle connections, 500 routes more", growth <= MORE_WITH_ROUTES,
                f"{costs[0]:.2f} and {costs[1]:.2f} KiB each, "
                f"at most {MORE_WITH_ROUTES * 100:.0f} % between them")
    with Server(binary, settings=SETTINGS) as server:
        name = f"{CONNECTIONS:,} idle connections"
        cold = server.rest()
        _round(checks, name, server, cold)
        warm = server.rest(until=cold)
        _round(checks, f"{name}, again", server, cold)
        checks.returned(name, warm, server.rest(until=warm))


def _cost(checks, binary, routes, rounds):
    name = f"{CONNECTIONS:,} idle connections, {routes} routes"
    with Server(binary, "--routes", str(routes), settings=SETTINGS, is_plain=True) as server:
        cold = server.rest()
        checks.at_most(f"{name}, before", cold.memory_kib / 1024, AT_START[routes], "MiB")
        first = _round(checks, name, server, cold)
        checks.at_most(f"{name}, each", first, COST, "KiB")
        for _ in range(rounds - 1):
            server.rest(until=cold)
            last = _round(checks, name, server, cold)
        if rounds > 1:
            checks.at_most(f"{name}, each in round {rounds}", last, COST_AT_LAST, "KiB")
    return first


def _round(checks, name, server, before):
    connections = []
    try:
        for _ in range(CONNECTIONS):
            connection = server.connect()
            connection.sendall(REQUEST)
            connections.append(connection)
        # They are read when all have been asked, so that the server is not waited for each time.
        for connection in connections:
            _answer(connection)
        with Witness(server.address) as witness:
            held = server.rest()
        checks.served(name, witness)
        open_now = held.descriptors - before.descriptors
        checks.hold(f"{name}, all of them open", open_now >= CONNECTIONS, f"{open_now:,}")
    finally:
        for connection in connections:
            connection.close()
    return (held.memory_kib - before.memory_kib) / CONNECTIONS


def _answer(connection):
    got = b""
    while not got.endswith(b"}"):
        piece = connection.recv(4096)
        if not piece:
            raise RuntimeError(f"a connection ended after {got!r}")
        got += piece
