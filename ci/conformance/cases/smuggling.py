"""Requests in which two servers might see different things: one is seen, or none."""

from case import case, get, head, post
from expect import PARSER, answer, body, declined, either, ends, error, ok, refused
from talk import NextAnswer

SMUGGLED = get("/smuggled")
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
# RFC 9112 §6.3: the coding wins and the connection ends, or the message is refused.
DISTRUSTED = [refused(400), ends(answer(200, body(b"hello")))]


def _both(name, claim, coding, length, content, expect=DISTRUSTED, **more):
    lines = [line for line in (coding, length) if line]
    return case(f"9112-11.2/{name}", claim,
                head("POST", "/bytes", "Content-Type: application/octet-stream", *lines) + content,
                methods=("POST",), expect=expect, **more)


def _obscure(name, line, expect=refused(400, 501), **more):
    """A coding that one server might see and another might not, beside a length."""
    return _both(f"te-te-{name}", f"{line!r} hides nothing", line, "Content-Length: 4",
                 b"5c\r\n" + SMUGGLED + b"0\r\n\r\n", expect, **more)


CASES = [
    # Both of them.
    _both("cl-te", "length and coding: nothing after the chunks is a request",
          "Content-Length: 30", "Transfer-Encoding: chunked", CHUNKS + SMUGGLED),
    _both("te-cl", "coding and length: nothing after the chunks is a request",
          "Transfer-Encoding: chunked", "Content-Length: 4", CHUNKS + SMUGGLED),
    _both("cl-te-agreeing", "length and coding are not trusted, even if they agree",
          f"Content-Length: {len(CHUNKS)}", "Transfer-Encoding: chunked", CHUNKS),
    _both("cl-0-te", "a length of 0 hides no chunks",
          "Content-Length: 0", "Transfer-Encoding: chunked", CHUNKS + SMUGGLED),
    _both("cl-cl-te", "two lengths and a coding are refused",
          "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked", CHUNKS + SMUGGLED,
          [refused(400)], hyper=PARSER),
    _both("cl-bad-te", "a bad length and a coding are refused",
          "Content-Length: x", "Transfer-Encoding: chunked", CHUNKS + SMUGGLED, DISTRUSTED,
          hyper=PARSER),
    case("9112-11.2/cl-te-of-get", "length and coding are not trusted, whatever the method",
         head("GET", "/plaintext", "Content-Length: 6",
              "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED,
         expect=[refused(400), ends(answer(200, body(b"Hello, World!")))]),
    case("9112-11.2/cl-te-of-nothing", "length and coding are not trusted, whatever the path",
         head("POST", "/nowhere", "Content-Length: 6",
              "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED,
         methods=("POST",), expect=[refused(400, 404)]),

    # Codings in disguise.
    _obscure("x", "Transfer-Encoding: xchunked", hyper=PARSER),
    _obscure("space-before-the-colon", "Transfer-Encoding : chunked", refused(400), hyper=PARSER),
    _obscure("tab-before-the-colon", "Transfer-Encoding\t: chunked", refused(400), hyper=PARSER),
    _obscure("vertical-tab", "Transfer-Encoding:\x0bchunked", hyper=PARSER),
    _obscure("form-feed", "Transfer-Encoding:\x0cchunked", hyper=PARSER),
    _obscure("fold", "Transfer-Encoding:\r\n chunked", refused(400), hyper=PARSER),
    _obscure("fold-after", "Transfer-Encoding: chunked\r\n x", refused(400), hyper=PARSER),
    _obscure("space-before-the-name", "X-Test: 1\r\n Transfer-Encoding: chunked", refused(400),
             hyper=PARSER),
    _obscure("quoted", 'Transfer-Encoding: "chunked"', hyper=PARSER),
    _obscure("identity-first", "Transfer-Encoding: identity, chunked"),
    _obscure("two-lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", hyper=PARSER),
    _obscure("two-lines-turned", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked"),
    _obscure("cr-alone", "X-Test: 1\rTransfer-Encoding: chunked", refused(400), hyper=PARSER),
    _obscure("nul-in-the-name", "Transfer\0-Encoding: chunked", refused(400), hyper=PARSER),
    _obscure("nul-in-the-value", "Transfer-Encoding: chunked\0", refused(400), hyper=PARSER),
    _both("te-te-underscore", "`Transfer_Encoding` is another field",
          "Transfer_Encoding: chunked", "Content-Length: 5", b"hello", ok(body(b"hello"))),
    _both("te-te-lf", "a coding after LF alone counts, or the head is refused",
          "X-Test: 1\nTransfer-Encoding: chunked", "Content-Length: 4", CHUNKS + SMUGGLED),

    # Content where none is expected.
    case("9112-11.2/cl-0-of-a-file", "content for a file is no request",
         post("/static/hello.txt", SMUGGLED), methods=("POST",),
         expect=[declined(405), refused(405)]),
    case("9112-11.2/cl-0-of-a-redirect", "content for a redirect is no request",
         head("GET", "/redirect/2", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
         expect=either(answer((301, 302, 303, 307, 308)))),
    case("9112-11.2/cl-0-of-an-error", "content for a failing handler is no request",
         head("GET", "/error", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
         expect=either(error((500, 404)))),
    case("9112-11.2/cl-0-of-a-bad-type", "content that is refused for its type is no request",
         post("/echo", SMUGGLED, kind="text/plain"), methods=("POST",),
         expect=either(error(415)), nginx="gives everything back"),
    case("9112-11.2/content-after-the-answer", "content that comes after the answer is no request",
         head("GET", "/plaintext", f"Content-Length: {len(SMUGGLED)}"), NextAnswer(), SMUGGLED,
         expect=either(answer(200, body(b"Hello, World!")))),
    case("9112-11.2/bytes-after-the-content", "bytes after the content are the next request",
         post("/bytes", b"hello") + b"XGET /plaintext HTTP/1.1\r\nHost: localhost\r\n\r\n",
         methods=("POST",), requests=2,
         expect=[ends(answer(200, body(b"hello")), error((400, 405, 501))),
                 either(answer(200, body(b"hello")), error((405, 501)))]),
    case("9112-11.2/upgrade-hides-nothing", "content of a request to upgrade is no request",
         post("/bytes", SMUGGLED, "Connection: Upgrade", "Upgrade: websocket"), methods=("POST",),
         expect=ok(body(SMUGGLED))),
    case("9112-11.2/connection-names-the-length", "Connection: Content-Length removes no length",
         post("/bytes", SMUGGLED, "Connection: keep-alive, Content-Length"), methods=("POST",),
         expect=[ok(body(SMUGGLED)), refused(400)]),
    case("9112-11.2/request-line-in-a-value", "a request in a value is none",
         get("/plaintext", "X-Test: GET /smuggled HTTP/1.1"), expect=ok(body(b"Hello, World!"))),
    case("9112-11.2/request-after-a-refusal", "nothing after a refused head is a request",
         b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\nX Test: 1\r\n\r\n" + SMUGGLED,
         expect=refused(400), hyper=PARSER),
    case("9112-11.2/lengths-differ-then-a-request", "nothing after two lengths is a request",
         head("POST", "/bytes", "Content-Length: 0", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
         methods=("POST",), expect=refused(400), hyper=PARSER),
]
