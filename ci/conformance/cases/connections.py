"""Connections: how long they live, and the order of answers on them."""

from case import case, get, head, post
from expect import (
    Left, Shape, answer, body, declined, either, ends, error, field, is_json, lists, ok, refused,
    stays,
)
from settings import BODY_LIMIT
from talk import Finish, NextAnswer, Pieces

HELLO = answer(200, body(b"Hello, World!"))
LAST = ends(HELLO)
JSON = answer(200, is_json(lambda found: found == {"message": "Hello, World!"}))


def _connection(name, claim, *lines, expect, version="HTTP/1.1", section="9.3", **more):
    return case(f"9112-{section}/{name}", claim, get("/plaintext", *lines, version=version),
                expect=expect, **more)


def _pipeline(name, claim, *requests, expect, **more):
    methods = tuple(request.split(b" ")[0].decode() for request in requests)
    return case(f"9112-9.3.2/{name}", claim, b"".join(requests), methods=methods,
                requests=len(requests), expect=expect, **more)


CASES = [
    # Staying and ending.
    _connection("1.1", "HTTP/1.1 goes on", expect=ok(body(b"Hello, World!"))),
    _connection("1.1-keep-alive", "HTTP/1.1 goes on", "Connection: keep-alive",
                expect=stays(HELLO)),
    _connection("1.0", "HTTP/1.0 ends", version="HTTP/1.0", expect=LAST),
    _connection("1.0-keep-alive", "HTTP/1.0 goes on if both say so", "Connection: keep-alive",
                version="HTTP/1.0",
                expect=[stays(answer(200, lists("connection", "keep-alive"))), LAST]),
    _connection("1.0-close", "HTTP/1.0 ends", "Connection: close", version="HTTP/1.0", expect=LAST),
    _connection("1.0-keep-alive-and-close", "close wins", "Connection: keep-alive, close",
                version="HTTP/1.0", expect=LAST),
    _connection("unknown-option", "an unknown option changes nothing", "Connection: x-option",
                expect=stays(HELLO)),
    _connection("closed", "only `close` is close", "Connection: closed", expect=stays(HELLO),
                nginx="looks for the letters of `close` anywhere"),
    _connection("close", "close ends", "Connection: close", expect=LAST, section="9.6"),
    _connection("close-in-upper-case", "options are case-insensitive", "Connection: CLOSE",
                expect=LAST, section="9.6"),
    _connection("close-in-a-list", "close may stand in a list", "Connection: x-option, close",
                expect=LAST, section="9.6"),
    _connection("close-on-another-line", "close may stand on any line", "Connection: x-option",
                "Connection: close", expect=LAST, section="9.6"),
    _connection("keep-alive-and-close", "close wins", "Connection: keep-alive, close", expect=LAST,
                section="9.6"),
    _connection("close-announced", "who closes says so", "Connection: close", section="9.6",
                expect=ends(answer(200, lists("connection", "close")))),
    case("9112-9.6/close-after-content", "content is read before the connection ends",
         post("/bytes", b"hello", "Connection: close"), methods=("POST",),
         expect=ends(answer(200, body(b"hello")))),
    case("9112-9.6/close-of-head", "HEAD may be the last request",
         head("HEAD", "/plaintext", "Connection: close"), methods=("HEAD",),
         expect=ends(answer(200))),
    case("9112-9.6/close-of-an-error", "an error may be the last answer",
         get("/nowhere", "Connection: close"), expect=ends(error(404))),
    case("9112-9.6/nothing-after-close", "nothing after close is answered",
         get("/plaintext", "Connection: close") + get("/json"), expect=LAST),
    case("9112-9.3/errors-stay", "an error is no reason to end",
         get("/nowhere") + get("/nowhere"), requests=2, expect=stays(error(404), error(404))),
    case("9112-9.3/after-content", "content is no reason to end",
         post("/bytes", b"a") + post("/bytes", b"b"), requests=2, methods=("POST", "POST"),
         expect=stays(answer(200, body(b"a")), answer(200, body(b"b")))),
    case("9112-9.3/one-after-another", "requests follow one another",
         get("/plaintext"), NextAnswer(), get("/json"), NextAnswer(), get("/plaintext"),
         requests=3, expect=stays(HELLO, JSON, HELLO)),
    case("9112-9.3/close-on-the-third", "any request may be the last",
         get("/plaintext"), NextAnswer(), get("/json"), NextAnswer(),
         get("/plaintext", "Connection: close"),
         requests=3, expect=ends(HELLO, JSON, HELLO)),
    case("9112-9.3/stream-in-1.0-kept-alive",
         "content without a length ends a connection of HTTP/1.0",
         get("/stream/3", "Connection: keep-alive", version="HTTP/1.0"), expect=ends(answer(200))),

    # Pipelines.
    _pipeline("two", "answers come in the order of requests", get("/plaintext"), get("/json"),
              expect=stays(HELLO, JSON)),
    _pipeline("sixteen", "answers come in the order of requests",
              *[get("/plaintext"), get("/json")] * 8,
              expect=stays(*[HELLO, JSON] * 8)),
    _pipeline("two-hundred", "answers come in the order of requests",
              *[get("/plaintext"), get("/json")] * 100,
              expect=stays(*[HELLO, JSON] * 100)),
    _pipeline("with-content", "content separates requests", post("/bytes", b"one"), get("/json"),
              post("/bytes", b"two"),
              expect=stays(answer(200, body(b"one")), JSON, answer(200, body(b"two")))),
    _pipeline("slow-first", "a fast answer waits for a slow one", get("/delay/50"),
              get("/plaintext"),
              expect=stays(answer(200), HELLO)),
    _pipeline("stream-first", "an answer waits for a stream", get("/stream/3"), get("/plaintext"),
              expect=stays(answer(200), HELLO)),
    _pipeline("errors-between", "errors keep the order", get("/nowhere"), get("/plaintext"),
              head("DELETE", "/json"), get("/json"),
              expect=stays(error(404), HELLO, error(405), JSON)),
    _pipeline("refused-second", "a refusal comes after the answers before it", get("/plaintext"),
              b"GARBAGE\r\n\r\n",
              expect=ends(HELLO, error(400)),
              hyper=Left("hyper's parser refuses the head, without a document",
                         ends(HELLO, Shape((400,), house="bare")))),
    _pipeline("large-answers", "large answers keep the order",
              *[get("/bytes/1000000"), get("/plaintext")] * 4,
              expect=stays(*[answer(200, field("content-length", "1000000")), HELLO] * 4)),
    case("9112-9.3.2/in-pieces", "requests may be cut anywhere",
         Pieces((get("/plaintext") + post("/bytes", b"hello") + get("/json")) * 3, 11),
         methods=("GET", "POST", "GET") * 3, requests=9,
         expect=stays(*[HELLO, answer(200, body(b"hello")), JSON] * 3)),
    case("9112-9.3.2/half-of-the-next", "half of the next request keeps no answer back",
         get("/plaintext") + get("/json")[:20], NextAnswer(), get("/json")[20:], requests=2,
         expect=stays(HELLO, JSON)),
    case("9112-9.3.2/gone-after-asking", "who has asked and sends no more is answered",
         get("/plaintext"), Finish(), expect=[either(HELLO), ends(HELLO)]),

    # The end of a connection.
    case("9112-9.6/refusal-amid-content", "an answer amid content is not lost",
         head("POST", "/nowhere", f"Content-Length: {8 * BODY_LIMIT}") + bytes(8 * BODY_LIMIT),
         methods=("POST",), expect=[declined(404), refused(404, 413)]),
    case("9112-9.6/413-amid-content", "an answer amid content is not lost",
         head("POST", "/echo", "Content-Type: application/json",
              f"Content-Length: {3 * BODY_LIMIT}") + bytes(3 * BODY_LIMIT),
         methods=("POST",), expect=either(error(413))),
]
