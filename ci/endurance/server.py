"""The server under test: started on a free port, looked at from outside, and stopped."""

import ctypes.util
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections import namedtuple
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/conformance"
# glibc keeps memory that is free, and gives out pages that nobody has touched, so that the same
# load takes up more of it each time for a while. An allocator that gives back what is free shows
# what is held.
ALLOCATOR = "jemalloc"
GIVES_BACK = "dirty_decay_ms:0,muzzy_decay_ms:0"
# How long it may take to start, to come to rest, and to stop, in seconds.
START = 20
REST = 20
STOP = 40

# A database that looks after its connections has a task, a descriptor or a thread more at times.
SLACK = 2

Usage = namedtuple("Usage", "descriptors tasks threads memory_kib")


class Server:
    """A server that runs for as long as the `with` block does. What it holds can be compared
    between two times, unless it is to have the allocator of the system."""

    def __init__(self, binary, *arguments, settings=None, level="error", is_plain=False):
        self.folder = Path(tempfile.mkdtemp(prefix="endurance-"))
        self.log = self.folder / "server.log"
        shutil.copy(EXAMPLE / "purlin.toml", self.folder)
        environment = {"PURLIN_MODE": "prod", "PURLIN__LOG__LEVEL": level}
        if not is_plain:
            environment |= {"LD_PRELOAD": _allocator(), "MALLOC_CONF": GIVES_BACK}
        environment |= {f"PURLIN__{name}": value for name, value in (settings or {}).items()}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [binary, "--port", "0", "--tasks", *arguments], cwd=self.folder,
                env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=log)
        self.url = None

    def __enter__(self):
        try:
            self.url = self._listening()
        except BaseException:
            self.__exit__()
            raise
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        self.address = host, int(port)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)

    def connect(self):
        """A new connection, with a time limit that no good answer reaches."""
        return socket.create_connection(self.address, timeout=30)

    def usage(self):
        """What the server holds now, this question not included."""
        with urllib.request.urlopen(f"{self.url}/tasks", timeout=30) as answer:
            tasks = int(answer.read()) - 1
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        status = dict(line.split(":", 1) for line in status.splitlines())
        return Usage(self.descriptors(), tasks, int(status["Threads"]),
                     int(status["VmRSS"].split()[0]))

    def descriptors(self):
        """How many descriptors it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def rest(self, until=None):
        """What the server holds when nothing moves any more; with `until`, at most that much."""
        deadline = time.monotonic() + REST
        before = None
        while True:
            now = self.usage()
            is_small = until is None or all(held <= was + SLACK for held, was
                                            in zip(now[:3], until[:3]))
            if (is_small and before and now[:3] == before[:3]) or time.monotonic() > deadline:
                return now
            before = now
            time.sleep(0.25)

    def stop(self):
        """Asks it to stop, as a service manager does; gives the exit code and the seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=STOP)
        return code, time.monotonic() - began

    def _listening(self):
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            for line in self.log.read_text().splitlines():
                if line.split()[:1] == ["listening"]:
                    return line.split()[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.process.args[0]} did not start: {self.log.read_text()}")


def _allocator():
    library = ctypes.util.find_library(ALLOCATOR)
    if not library:
        raise RuntimeError("install libjemalloc2, with which memory that is held can be seen")
    return library


def want_descriptors(count):
    """Lets this process and the server have so many descriptors, or says that it cannot."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise RuntimeError(f"{count} descriptors are needed, and `ulimit -Hn` is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
