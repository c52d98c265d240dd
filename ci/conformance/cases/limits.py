"""Limits of heads and contents."""

from case import case, chunked, get, head, post
from expect import TOO_LARGE, body, either, ends, error, interim, ok, refused
from settings import BODY_LIMIT, HEADER_COUNT, HEADER_LIMIT, URI_LIMIT
from talk import Anything

HELLO = ok(body(b"Hello, World!"))
TOO_MANY = "400 for 431"
NO_COUNT = "counts no fields"
JSON = "Content-Type: application/json"
FULL = b"x" * BODY_LIMIT


def _fields(count):
    """A request with so many fields; Host is one of them."""
    return get("/plaintext", *[f"X-{at}: 1" for at in range(count - 1)])


CASES = [
    # Heads.
    case("9110-5.4/large-field", "a field below the limit is read",
         get("/plaintext", "X-Test: " + "a" * 7000), expect=HELLO),
    case("9110-5.4/large-head", "a head below the limit is read",
         get("/plaintext", *[f"X-{at}: " + "a" * 1000 for at in range(14)]), expect=HELLO),
    case("6585-5/field-over-the-limit", "a field over the limit is 431",
         get("/plaintext", "X-Test: " + "a" * HEADER_LIMIT), expect=refused(431), hyper=TOO_LARGE,
         nginx=TOO_MANY),
    case("6585-5/head-over-the-limit", "a head over the limit is 431",
         get("/plaintext", *[f"X-{at}: " + "a" * 1000 for at in range(17)]), expect=refused(431),
         hyper=TOO_LARGE,
         nginx=TOO_MANY),
    case("6585-5/head-of-1-mib", "a head far over the limit is 431, and the answer is not lost",
         get("/plaintext", "X-Test: " + "a" * 2**20), expect=refused(431), hyper=TOO_LARGE,
         nginx=TOO_MANY),
    case("6585-5/head-without-an-end", "a head is refused before it ends",
         b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\nX-Test: " + b"a" * 2**17,
         expect=refused(431),
         hyper=TOO_LARGE, nginx=TOO_MANY),
    case("6585-5/name-over-the-limit", "a name over the limit is 431",
         get("/plaintext", "X" * HEADER_LIMIT + ": 1"), expect=refused(400, 431), hyper=TOO_LARGE),
    case("6585-5/as-many-fields-as-allowed", "as many fields as the limit allows are read",
         _fields(HEADER_COUNT), expect=HELLO),
    case("6585-5/one-field-too-many", "a field more than the limit allows is 431",
         _fields(HEADER_COUNT + 1),
         expect=refused(431), hyper=TOO_LARGE, nginx=NO_COUNT),
    case("6585-5/1000-fields", "many fields are 431", _fields(1000), expect=refused(431),
         hyper=TOO_LARGE, nginx=NO_COUNT),
    case("6585-5/empty-fields", "empty fields count, too", get("/plaintext", *["X:"] * 500),
         expect=refused(431),
         hyper=TOO_LARGE, nginx=NO_COUNT),
    case("9110-15.5.15/64-kib", "a target far over the limit is 414, or the head is 431",
         get("/plaintext?q=" + "a" * 65536), expect=refused(414, 431), hyper=TOO_LARGE),
    case("9110-15.5.15/line-without-an-end", "a first line is refused before it ends",
         b"GET /" + b"a" * 2**17, expect=refused(414, 431), hyper=TOO_LARGE),
    case("9110-15.5.15/method-without-an-end", "a method is refused before it ends",
         b"M" * 2**17, expect=refused(400, 414, 431, 501), hyper=TOO_LARGE),
    case("9110-15.5.15/below", "a target below the limit is read",
         get("/plaintext?q=" + "a" * (URI_LIMIT - 100)), expect=HELLO),
    case("9112-2.2/empty-lines-without-an-end", "empty lines before a request come to an end",
         b"\r\n" * 2**16, expect=[ends(), refused(400, 431)], hyper=TOO_LARGE),

    # Content.
    case("9110-15.5.14/at-the-limit", "content at the limit is read", post("/bytes", FULL),
         methods=("POST",),
         expect=ok(body(FULL))),
    case("9110-15.5.14/over-the-limit", "content over the limit is 413",
         post("/echo", b'"' + FULL, kind="application/json"), methods=("POST",),
         expect=either(error(413))),
    case("9110-15.5.14/before-it-comes", "a length over the limit is 413 before the content comes",
         head("POST", "/echo", JSON, f"Content-Length: {10**12}"), methods=("POST",),
         expect=refused(413)),
    case("9110-15.5.14/almost-2-to-64", "a length over the limit is 413 before the content comes",
         head("POST", "/echo", JSON, f"Content-Length: {2**63 - 1}"), methods=("POST",),
         expect=refused(400, 413)),
    case("9110-15.5.14/at-the-limit-in-chunks", "content at the limit is read, however it comes",
         chunked("/bytes", b"%x\r\n%s\r\n0\r\n\r\n" % (len(FULL), FULL)), methods=("POST",),
         expect=ok(body(FULL))),
    case("9110-15.5.14/at-the-limit-after-100", "content at the limit is read, however it comes",
         head("POST", "/bytes", "Expect: 100-continue", f"Content-Length: {BODY_LIMIT}"),
         Anything(), FULL,
         methods=("POST",), expect=ok(body(FULL), interim(0, 1))),
    case("9110-15.5.14/for-nobody", "content for a path that names nothing is 404 or 413",
         head("POST", "/nowhere", f"Content-Length: {10**12}"), methods=("POST",),
         expect=refused(404, 413)),
]
