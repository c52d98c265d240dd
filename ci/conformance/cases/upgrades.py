"""Upgrade: nothing that is asked for exists, so that everything is answered as it is."""

from case import case, get, post
from expect import CLOSED, Outcome, answer, body, ends, error, ok, stays

HELLO = ok(body(b"Hello, World!"))


def _upgrade(name, claim, *lines, expect=HELLO, **more):
    return case(f"9110-7.8/{name}", claim, get("/plaintext", *lines, **more), expect=expect)


CASES = [
    _upgrade("unknown", "an unknown protocol is ignored", "Connection: Upgrade", "Upgrade: foo/2"),
    _upgrade("h2c", "an upgrade to HTTP/2 is ignored (RFC 9113 §3.1)",
             "Connection: Upgrade, HTTP2-Settings",
             "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
    _upgrade("websocket", "a handshake for a path without a socket is ignored",
             "Connection: Upgrade",
             "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
             "Sec-WebSocket-Version: 13"),
    _upgrade("tls", "an upgrade to TLS is ignored", "Connection: Upgrade", "Upgrade: TLS/1.3"),
    _upgrade("several", "several protocols are ignored", "Connection: Upgrade",
             "Upgrade: foo/2, bar, h2c"),
    _upgrade("not-in-connection", "Upgrade without the option is ignored", "Upgrade: foo/2"),
    _upgrade("option-alone", "the option without Upgrade is ignored", "Connection: Upgrade"),
    _upgrade("and-close", "close ends, whatever else is asked for", "Connection: Upgrade, close",
             "Upgrade: foo/2",
             expect=ends(answer(200, body(b"Hello, World!")))),
    _upgrade("1.0", "HTTP/1.0 upgrades nothing", "Connection: Upgrade", "Upgrade: foo/2",
             version="HTTP/1.0",
             expect=ends(answer(200, body(b"Hello, World!")))),
    case("9110-7.8/with-content", "content is read as it is",
         post("/bytes", b"hello", "Connection: Upgrade", "Upgrade: foo/2"), methods=("POST",),
         expect=ok(body(b"hello"))),
    case("9110-7.8/then-a-request", "the next request is answered, too",
         get("/plaintext", "Connection: Upgrade", "Upgrade: foo/2") + get("/plaintext"), requests=2,
         expect=stays(*[answer(200, body(b"Hello, World!"))] * 2)),
    case("9110-7.8/h2c-then-a-preface",
         "the preface of HTTP/2 after an ignored upgrade is no answerable request",
         get("/plaintext", "Connection: Upgrade",
             "Upgrade: h2c") + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
         requests=2, expect=[ends(answer(200), error((400, 505))),
                             Outcome((answer(200),), CLOSED, is_quiet=True)]),
]
