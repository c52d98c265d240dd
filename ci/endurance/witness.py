"""Another client: it asks for something small all the time, and notes how long it takes."""

import contextlib
import http.client
import multiprocessing
import statistics
import time

# How long it waits after an answer, in seconds.
GAP = 0.01
PATIENCE = 10


class Witness:
    """Asks in a process of its own for as long as the `with` block runs: every other request on a
    connection that is kept, the rest on new ones."""

    def __init__(self, address):
        self._ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_ask, args=(address, self._ours, theirs),
                                                daemon=True)
        self.took = []
        self.failures = []

    def __enter__(self):
        self._process.start()
        return self

    def __exit__(self, *_):
        self._ours.send("enough")
        self.took, self.failures = self._ours.recv()
        self._process.join()

    @property
    def count(self):
        return len(self.took)

    @property
    def median(self):
        return statistics.median(self.took)

    @property
    def slowest(self):
        return max(self.took)

    def __str__(self):
        if not self.took:
            return "no request was answered"
        return (f"{self.count} answered, {len(self.failures)} not, "
                f"median {self.median * 1000:.1f} ms, slowest {self.slowest * 1000:.0f} ms")


def _ask(address, parents_end, pipe):
    # The pipe then ends with the parent, whatever becomes of that.
    parents_end.close()
    kept, took, failures = http.client.HTTPConnection(*address, timeout=PATIENCE), [], []
    while not pipe.poll():
        for connection in [kept, http.client.HTTPConnection(*address, timeout=PATIENCE)]:
            began = time.monotonic()
            try:
                connection.request("GET", "/plaintext")
                answer = connection.getresponse()
                if (answer.status, answer.read()) != (200, b"Hello, World!"):
                    failures.append(f"status {answer.status}")
                took.append(time.monotonic() - began)
            except (OSError, http.client.HTTPException) as error:
                failures.append(repr(error))
                connection.close()
            if connection is not kept:
                connection.close()
        time.sleep(GAP)
    with contextlib.suppress(BrokenPipeError):
        pipe.send((took, failures))
