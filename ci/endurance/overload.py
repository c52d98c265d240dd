"""More than the server takes: connections beyond the most wait until one that is idle makes room,
and requests beyond the most are refused at once, and both cost those nothing who are busy."""

import asyncio
import http.client
import time

from server import Server

# How many requests may be in flight, and how long each of them takes.
ROOM = 50
WORK_MS = 100
# How long those are busy whose place a connection waits for.
BUSY_MS = 3000
# How soon a request is refused, and by how much those in the room may take longer than without
# the others, in seconds.
REFUSED = 0.01
SLOWER = 0.05
# How long a client that was refused waits, which makes one request for each in the room.
PAUSE = 0.1


def run(checks, binary, quick):
    """The limits of connections and of requests, each with more than that."""
    seconds = 3 if quick else 10
    settings = {"SERVER__MAX_CONNECTIONS": str(ROOM)}
    with Server(binary, settings=settings) as server:
        _connections(checks, server)
    settings = {"SERVER__MAX_IN_FLIGHT": str(ROOM)}
    with Server(binary, settings=settings) as server:
        full, _ = asyncio.run(_clients(server.address, ROOM, seconds))
        twice, refused = asyncio.run(_clients(server.address, 2 * ROOM, seconds))
    before, after = _slowest(full), _slowest(twice)
    checks.hold("twice as many requests, those taken", after <= before + SLOWER,
                f"{len(twice):,} with p99 {after * 1000:.0f} ms, "
                f"{before * 1000:.0f} ms before, at most {SLOWER * 1000:.0f} ms more")
    middle = sorted(refused)[len(refused) // 2] if refused else None
    checks.hold("twice as many requests, those refused", middle is not None and middle <= REFUSED,
                f"{len(refused):,}, median {(middle or 0) * 1000:.1f} ms, "
                f"at most {REFUSED * 1000:.0f} ms")


def _connections(checks, server):
    kept = [http.client.HTTPConnection(*server.address, timeout=30) for _ in range(ROOM)]
    for connection in kept:
        connection.request("GET", f"/delay/{BUSY_MS}")
    late = server.connect()
    late.sendall(b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    late.settimeout(1)
    try:
        waited = not late.recv(1)
    except TimeoutError:
        waited = True
    served = sum(connection.getresponse().status == 200 for connection in kept)
    # Now they are idle, and one of them makes room.
    late.settimeout(30)
    answer = late.recv(100)
    is_served = served == ROOM and answer.startswith(b"HTTP/1.1 200")
    checks.hold("one connection more than the most", waited and is_served,
                f"{'waited' if waited else 'was answered'} while {ROOM} were busy, "
                f"then {answer[:12].decode()!r}; {served} others were answered")
    for connection in kept:
        connection.close()


async def _clients(address, count, seconds):
    taken, refused = [], []
    end = time.monotonic() + seconds
    await asyncio.gather(*(_client(address, end, taken, refused) for _ in range(count)))
    return taken, refused


async def _client(address, end, taken, refused):
    reader, writer = await asyncio.open_connection(*address)
    while time.monotonic() < end:
        began = time.monotonic()
        writer.write(f"GET /delay/{WORK_MS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        took = time.monotonic() - began
        length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
        status = head.split()[1]
        if status == b"200":
            taken.append(took)
        elif status == b"503" and b"retry-after:" in head.lower():
            refused.append(took)
            await asyncio.sleep(PAUSE)
        else:
            raise RuntimeError(f"an answer that is neither: {head!r}")
    writer.close()


def _slowest(taken):
    return sorted(taken)[len(taken) * 99 // 100]
