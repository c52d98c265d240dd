"""A server that is told to stop under load: what it has taken on, it answers."""

import json
import multiprocessing
import time
from collections import Counter

import ledger
from server import Server

# How many requests come per second: on connections that are kept, in two processes, and each on
# one of its own, in a third.
KEPT, NEW = 2_200, 800
# How many of them have to be answered for it to be a load; in the short form, on any machine.
WANTED, WANTED_QUICK = 5_000, 1_000
CONNECTIONS = 64
# The default of `server.shutdown_timeout`, in seconds.
PATIENCE = 25
SETTINGS = {"LOG__LEVEL": "error,purlin::request=info"}


def run(checks, binary, quick):
    """Stops a server so many times, each under load."""
    times, seconds, wanted = (2, 1.5, WANTED_QUICK) if quick else (10, 3, WANTED)
    total = Counter()
    for time_of in range(times):
        total += _once(checks, f"stop {time_of + 1} of {times}", binary, seconds, wanted)
    checks.note(f"stops, all {times}", dict(total))


def _once(checks, name, binary, seconds, wanted):
    with Server(binary, settings=SETTINGS) as server:
        clients = [_Client(server.address, *words) for words in
                   [("kept-a", KEPT, True), ("kept-b", KEPT, True), ("new", NEW, False)]]
        time.sleep(seconds)
        code, took = server.stop()
        entries = [entry for client in clients for entry in client.book()]
        handled, cut = _handled(server.log)
    rate = len(entries) / seconds
    fates = Counter(entry.fate for entry in entries)
    checks.hold(f"{name}, load", rate >= wanted,
                f"{rate:,.0f} requests per second, at least {wanted:,}")
    answered = {entry.id for entry in entries if entry.fate == ledger.ANSWERED}
    lost = handled - answered
    checks.hold(f"{name}, nothing lost", not lost,
                f"{len(handled):,} handled, {len(lost)} of them not answered {sorted(lost)[:3]}")
    unheard = [entry.id for entry in entries if entry.is_first and entry.fate != ledger.ANSWERED]
    checks.hold(f"{name}, who was let in was heard", not unheard,
                f"{len(unheard)} connections without an answer {unheard[:3]}")
    bad = sorted(set(fates) - {ledger.ANSWERED, ledger.CLOSED})
    checks.hold(f"{name}, answered or cleanly closed", not bad, f"{dict(fates)}")
    checks.hold(f"{name}, end", code == 0 and not cut and took < PATIENCE,
                f"exit code {code} after {took:.2f} s, {cut} cut")
    return fates


class _Client:
    def __init__(self, address, name, rate, keeps):
        self._ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(
            target=_ask, args=(address, name, rate, keeps, theirs), daemon=True)
        self._process.start()

    def book(self):
        book = self._ours.recv()
        self._process.join()
        return book


def _ask(address, name, rate, keeps, pipe):
    pipe.send(ledger.Ledger(address, name, rate, CONNECTIONS, keeps).run())


def _handled(log):
    """The ids of requests that the server has begun to handle, and how many it says it has cut."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    ids = {line["request.id"] for line in lines if line.get("target") == "purlin::request"}
    return ids, sum(line.get("cut", 0) for line in lines)
