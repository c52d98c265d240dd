"""Expect: when 100 comes, and what comes instead of it."""

from case import case, get, head
from expect import answer, body, declined, either, ends, error, framing, interim, ok, refused, stays
from settings import BODY_LIMIT
from talk import Anything, Interim, NextAnswer, UnlessClosing

WAITS = "Expect: 100-continue"
# The content was read, and is no JSON, as only a server knows that reads JSON.
READ = answer((200, 400), interim(1))


def _post(path, *lines, version="HTTP/1.1"):
    return head("POST", path, "Content-Type: application/octet-stream", *lines, version=version)


def _json(*lines):
    return head("POST", "/echo", "Content-Type: application/json", *lines)


def _refusal(status, *checks):
    """An answer without 100 before it; the content follows only if the connection goes on."""
    return either(error(status, interim(0), *checks))


CASES = [
    case("9110-10.1.1/100-before-the-content", "100 comes before the content is sent",
         _json(WAITS, "Content-Length: 1"), Interim(), b"{", methods=("POST",), expect=stays(READ)),
    case("9110-10.1.1/100-before-chunks", "100 comes before the content is sent",
         _json(WAITS, "Transfer-Encoding: chunked"), Interim(), b"1\r\n{\r\n0\r\n\r\n",
         methods=("POST",),
         expect=stays(READ)),
    case("9110-10.1.1/case-insensitive", "the expectation is case-insensitive",
         _json("eXpEcT: 100-CONTINUE", "Content-Length: 1"), Interim(), b"{", methods=("POST",),
         expect=stays(READ)),
    case("9110-10.1.1/before-a-stream", "who answers before the content has come may leave 100 out",
         _post("/bytes", WAITS, "Content-Length: 5"), Anything(), b"hello", methods=("POST",),
         expect=ok(body(b"hello"), interim(0, 1))),
    case("9110-10.1.1/content-comes-along", "100 may be left out if content is there",
         _post("/bytes", WAITS, "Content-Length: 5") + b"hello", methods=("POST",),
         expect=ok(body(b"hello"), interim(0, 1))),
    case("9110-10.1.1/twice-on-a-connection", "every request has its own 100",
         *(_json(WAITS, "Content-Length: 1"), Interim(), b"{", NextAnswer()) * 2,
         requests=2, methods=("POST", "POST"), expect=stays(READ, READ)),
    case("9110-10.1.1/no-content", "without content nobody waits for 100",
         head("GET", "/plaintext", WAITS), expect=ok(body(b"Hello, World!"), interim(0, 1))),
    case("9110-10.1.1/empty-content", "without content nobody waits for 100",
         _post("/bytes", WAITS, "Content-Length: 0"), methods=("POST",),
         expect=ok(body(b""), interim(0, 1))),
    case("9110-10.1.1/1.0", "HTTP/1.0 gets no 100",
         _post("/bytes", WAITS, "Content-Length: 5", version="HTTP/1.0") + b"hello",
         methods=("POST",),
         expect=ends(answer(200, body(b"hello"), interim(0)))),
    case("9110-10.1.1/wrong-path", "a final answer comes at once where the head suffices for it",
         _post("/nowhere", WAITS, "Content-Length: 5"), NextAnswer(), UnlessClosing(b"hello"),
         methods=("POST",), expect=_refusal(404)),
    case("9110-10.1.1/wrong-method", "a final answer comes at once where the head suffices for it",
         _post("/plaintext", WAITS, "Content-Length: 5"), NextAnswer(), UnlessClosing(b"hello"),
         methods=("POST",), expect=_refusal(405)),
    case("9110-10.1.1/too-large", "a final answer comes at once where the head suffices for it",
         head("POST", "/echo", "Content-Type: application/json", WAITS,
              f"Content-Length: {BODY_LIMIT + 1}"), NextAnswer(),
         UnlessClosing(bytes(BODY_LIMIT + 1)), methods=("POST",), expect=_refusal(413)),
    case("9110-10.1.1/content-of-a-refused-request",
         "content that comes after a refusal is no request",
         _post("/nowhere", WAITS, f"Content-Length: {len(get('/smuggled'))}"), NextAnswer(),
         get("/smuggled"),
         methods=("POST",), expect=_refusal(404)),
    case("9110-10.1.1/get-with-content", "a handler that reads nothing needs no 100",
         head("GET", "/plaintext", WAITS, "Content-Length: 5"), NextAnswer(),
         UnlessClosing(b"hello"),
         expect=either(answer(200, body(b"Hello, World!"), interim(0, 1)))),
    case("9110-15.5.18/unknown-expectation", "another expectation is 417 (§10.1.1: may)",
         _post("/bytes", "Expect: 200-ok", "Content-Length: 5") + b"hello", methods=("POST",),
         expect=[refused(417), declined(417)], nginx="ignores other expectations"),
    case("9110-15.5.18/two-expectations", "another expectation is 417 (§10.1.1: may)",
         _post("/bytes", "Expect: 100-continue, 200-ok", "Content-Length: 5") + b"hello",
         methods=("POST",),
         expect=[refused(417), declined(417)], nginx="ignores other expectations"),
    case("9110-15.5.18/two-lines", "another expectation is 417, on whichever line it is",
         _post("/bytes", WAITS, "Expect: 200-ok", "Content-Length: 5") + b"hello",
         methods=("POST",),
         expect=[refused(417), declined(417)], nginx="reads one line"),
    case("9110-15.5.18/unknown-expectation-in-1.0",
         "expectations of HTTP/1.0 may be refused or ignored",
         _post("/bytes", "Expect: 200-ok", "Content-Length: 5", version="HTTP/1.0") + b"hello",
         methods=("POST",), expect=[refused(417), ends(answer(200, body(b"hello")))]),
    case("9110-15.2/no-interim-unasked", "nobody gets an interim answer unasked",
         _post("/bytes", "Content-Length: 5"), b"hello", methods=("POST",),
         expect=ok(body(b"hello"), interim(0), framing("length", "chunked"))),
]
