"""Timers: how long a slow client is waited for, with the times of `settings.py`."""

from case import case, chunked, get, head
from expect import FewerThan, answer, body, cut_off, ends, error
from settings import BODY_TIMEOUT, HEADER_TIMEOUT, KEEP_ALIVE, WRITE_TIMEOUT
from talk import ClosedAfter, LeaveUnread, NextAnswer

HELLO = answer(200, body(b"Hello, World!"))
# A client that was too slow for a head is told so, or not.
TOO_SLOW = [ends(), ends(error(408))]
# A client that was too slow for content is told so, or the answer to it breaks off.
STALLED = [ends(), ends(error((400, 408))), ends(cut_off(200))]


def _slow(id, claim, *steps, seconds, expect, **more):
    return case(f"9112-9.5/{id}", claim, *steps, seconds=seconds, expect=expect, **more)


CASES = [
    _slow("nothing", "who sends nothing is not waited for", ClosedAfter(HEADER_TIMEOUT),
          seconds=HEADER_TIMEOUT, expect=TOO_SLOW),
    _slow("half-a-head", "half a head is not waited for", b"GET /plaintext HTTP/1.1\r\nHost: local",
          ClosedAfter(HEADER_TIMEOUT), seconds=HEADER_TIMEOUT, expect=TOO_SLOW),
    _slow("slow-head", "a byte now and then prolongs no head",
          b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\n",
          ClosedAfter(HEADER_TIMEOUT, drip=b"X-Test: " + b"a" * 100), seconds=HEADER_TIMEOUT,
          expect=TOO_SLOW),
    _slow("slow-fields", "a field now and then prolongs no head",
          b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\n",
          ClosedAfter(HEADER_TIMEOUT, drip=b"a:\r\n" * 30), seconds=HEADER_TIMEOUT,
          expect=TOO_SLOW),
    _slow("slow-first-line", "a byte now and then prolongs no first line", b"G",
          ClosedAfter(HEADER_TIMEOUT, drip=b"ET /" + b"a" * 100), seconds=HEADER_TIMEOUT,
          expect=TOO_SLOW),
    _slow("slow-empty-lines", "empty lines prolong no wait",
          ClosedAfter(HEADER_TIMEOUT, drip=b"\r\n" * 50),
          seconds=HEADER_TIMEOUT, expect=TOO_SLOW),
    _slow("half-of-the-second-head", "half a head after an answer is not waited for",
          get("/plaintext"),
          NextAnswer(), b"GET /plain", ClosedAfter(HEADER_TIMEOUT), seconds=HEADER_TIMEOUT,
          requests=2,
          expect=[ends(HELLO), ends(HELLO, error(408))]),
    _slow("half-of-a-pipelined-head", "half a head behind a request is not waited for",
          get("/plaintext") + b"GET /plain", NextAnswer(), ClosedAfter(HEADER_TIMEOUT),
          seconds=HEADER_TIMEOUT,
          requests=2, expect=[ends(HELLO), ends(HELLO, error(408))]),
    _slow("idle", "an idle connection is kept for a while", get("/plaintext"), NextAnswer(),
          ClosedAfter(KEEP_ALIVE), seconds=KEEP_ALIVE, expect=ends(HELLO)),
    _slow("idle-after-content", "an idle connection is kept for a while",
          head("POST", "/bytes", "Content-Length: 5") + b"hello", NextAnswer(),
          ClosedAfter(KEEP_ALIVE),
          seconds=KEEP_ALIVE, methods=("POST",), expect=ends(answer(200, body(b"hello")))),
    _slow("idle-after-an-error", "an idle connection is kept for a while", get("/nowhere"),
          NextAnswer(),
          ClosedAfter(KEEP_ALIVE), seconds=KEEP_ALIVE, expect=ends(error(404))),
    _slow("stalled-content", "content that stalls is not waited for",
          head("POST", "/bytes", "Content-Length: 10") + b"hello", ClosedAfter(BODY_TIMEOUT),
          seconds=BODY_TIMEOUT,
          methods=("POST",), expect=STALLED),
    _slow("no-content", "content that never comes is not waited for",
          head("POST", "/bytes", "Content-Length: 10"), ClosedAfter(BODY_TIMEOUT),
          seconds=BODY_TIMEOUT,
          methods=("POST",), expect=STALLED),
    _slow("stalled-chunk", "a chunk that stalls is not waited for",
          chunked("/bytes", b"A\r\nhello"),
          ClosedAfter(BODY_TIMEOUT), seconds=BODY_TIMEOUT, methods=("POST",), expect=STALLED),
    _slow("stalled-size", "the size of a chunk is not waited for",
          chunked("/bytes", b"5\r\nhello\r\n"),
          ClosedAfter(BODY_TIMEOUT), seconds=BODY_TIMEOUT, methods=("POST",), expect=STALLED),
    _slow("stalled-trailers", "trailers are not waited for",
          chunked("/bytes", b"5\r\nhello\r\n0\r\nX-Test"),
          ClosedAfter(BODY_TIMEOUT), seconds=BODY_TIMEOUT, methods=("POST",), expect=STALLED),
    _slow("stalled-json", "content that stalls is not waited for",
          head("POST", "/echo", "Content-Type: application/json", "Content-Length: 10") + b"{",
          ClosedAfter(BODY_TIMEOUT), seconds=BODY_TIMEOUT, methods=("POST",), expect=STALLED),
    _slow("nothing-after-100", "content that never comes after 100 is not waited for",
          head("POST", "/bytes", "Content-Length: 10", "Expect: 100-continue"),
          ClosedAfter(BODY_TIMEOUT),
          seconds=BODY_TIMEOUT, methods=("POST",), expect=STALLED),
    _slow("unread-answers", "who reads nothing is not waited for", get("/bytes/1000000") * 60,
          LeaveUnread(WRITE_TIMEOUT + 3), seconds=WRITE_TIMEOUT + 3, receive_buffer=4096,
          expect=FewerThan(60)),
]
