"""A case: the bytes that are sent, and what may come of them.

Its identifier begins with the section of the standard that decides it: `9112-6.1/…` is RFC 9112,
section 6.1.
"""

from dataclasses import dataclass

from expect import Left


@dataclass(frozen=True)
class Case:
    """What is sent on one connection, and the outcomes that are allowed."""

    id: str
    claim: str
    # Bytes, functions from the facts of a server to bytes, and the steps of `talk.py`.
    steps: tuple
    # Outcomes of `expect.py`.
    expect: tuple
    # How many answers are waited for before the connection is probed.
    requests: int = 1
    # The methods of the requests, where they decide whether an answer has content.
    methods: tuple = ("GET",)
    # Why nginx shows another outcome.
    nginx: str | None = None
    # What the target may show instead, because Purlin leaves it to hyper.
    hyper: Left | None = None
    # The seconds it takes; the slowest cases are started first.
    seconds: float = 0
    # The bytes that the client's system takes ahead of the client; None for the system's choice.
    receive_buffer: int | None = None

    @property
    def section(self):
        """The section that decides it, as people write it."""
        rfc, _, number = self.id.partition("/")[0].partition("-")
        return f"RFC {rfc} §{number}"

    @property
    def order(self):
        """Sorts cases by RFC and section."""
        rfc, _, number = self.id.partition("/")[0].partition("-")
        return int(rfc), [int(part) for part in number.split(".")]


def case(id, claim, *steps, expect, **more):
    """Writes a case down; `expect` is an outcome, or a list of outcomes."""
    outcomes = tuple(expect) if isinstance(expect, list) else (expect,)
    return Case(id, claim, steps, outcomes, **more)


def head(method, target, *lines, host="localhost", version="HTTP/1.1"):
    """The head of a request; `lines` are field lines without their end, in Latin-1."""
    lines = [f"{method} {target} {version}", *([] if host is None else [f"Host: {host}"]), *lines]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"


def get(target, *lines, **more):
    """A GET request."""
    return head("GET", target, *lines, **more)


def post(target, content, *lines, kind="application/octet-stream", **more):
    """A POST request with a Content-Length."""
    lines = (f"Content-Type: {kind}", f"Content-Length: {len(content)}", *lines)
    return head("POST", target, *lines, **more) + content


def chunked(target, coded, *lines, kind="application/octet-stream", **more):
    """A POST request whose content is already coded in chunks."""
    lines = (f"Content-Type: {kind}", "Transfer-Encoding: chunked", *lines)
    return head("POST", target, *lines, **more) + coded
