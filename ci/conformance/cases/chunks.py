"""The chunked coding: sizes, extensions, data and trailers."""

from case import case, chunked, get
from expect import (
    SILENCE, answer, body, cut_off, ends, error, has, is_json, ok, refused, rejected, stays,
)
from settings import HEADER_LIMIT

FIVE = ok(body(b"hello"))
LAST = b"0\r\n\r\n"
# `/bytes` may have begun to give the content back when the fault in it was found.
FAULT = [refused(400), ends(cut_off(200)), SILENCE]
TOO_MUCH = [refused(400, 413, 431), ends(cut_off(200)), SILENCE]
_LENIENT = "takes LF for the end of a line in chunks"


def _chunks(id, claim, coded, expect, **more):
    return case(id, claim, chunked("/bytes", coded), methods=("POST",), expect=expect, **more)


def _size(name, line, expect, **more):
    """`hello` with this line before it."""
    return _chunks(f"9112-7.1/size-{name}", f"the line {line!r} before a chunk",
                   line + b"\r\nhello\r\n" + LAST, expect, **more)


def _extension(name, extension, expect, **more):
    return _chunks(f"9112-7.1.1/{name}", f"the extension {extension[:20]!r}",
                   b"5" + extension + b"\r\nhello\r\n" + LAST, expect, **more)


def _trailers(name, claim, *lines, expect=FIVE, **more):
    lines = b"".join(line + b"\r\n" for line in lines)
    return _chunks(f"9112-7.1.2/{name}", claim, b"5\r\nhello\r\n0\r\n" + lines + b"\r\n", expect,
                   **more)


CASES = [
    # Good ones.
    _chunks("9112-7.1/one", "one chunk", b"5\r\nhello\r\n" + LAST, FIVE),
    _chunks("9112-7.1/several", "several chunks", b"2\r\nhe\r\n1\r\nl\r\n2\r\nlo\r\n" + LAST, FIVE),
    _chunks("9112-7.1/none", "no chunk but the last", LAST, ok(body(b""))),
    _chunks("9112-7.1/crlf-in-a-chunk", "data may be anything", b"7\r\n\r\n0\r\n\r\n\r\n" + LAST,
            ok(body(b"\r\n0\r\n\r\n"))),
    _chunks("9112-7.1/last-chunk-of-several-zeros", "the last chunk is any number of zeros",
            b"5\r\nhello\r\n000\r\n\r\n", FIVE),
    _chunks("9112-7.1/1000-chunks-of-one-byte", "many chunks", b"1\r\nx\r\n" * 1000 + LAST,
            ok(body(b"x" * 1000))),
    _size("with-zeros", b"0005", FIVE),
    _size("with-20-zeros", b"0" * 20 + b"5", [FIVE, *TOO_MUCH]),
    _chunks("9112-7.1/size-in-upper-case", "sizes are hexadecimal", b"A\r\n0123456789\r\n" + LAST,
            ok(body(b"0123456789"))),
    _chunks("9112-7.1/size-in-lower-case", "sizes are hexadecimal", b"a\r\n0123456789\r\n" + LAST,
            ok(body(b"0123456789"))),
    case("9112-7.1/a-request-after", "what follows the last chunk is the next request",
         chunked("/bytes", b"5\r\nhello\r\n" + LAST) + get("/json"), methods=("POST", "GET"),
         requests=2,
         expect=stays(answer(200, body(b"hello")),
                      answer(200, is_json(lambda found: "message" in found)))),
    case("9112-7.1/as-json", "a handler sees decoded content",
         chunked("/echo", b"1\r\n{\r\n" + LAST, kind="application/json"), methods=("POST",),
         expect=stays(error((400, 422))), nginx="does not read JSON"),

    # Bad sizes.
    _size("empty", b"", FAULT),
    _size("letter", b"g", FAULT),
    _size("minus", b"-5", FAULT),
    _size("plus", b"+5", FAULT),
    _size("prefixed", b"0x5", FAULT),
    _size("underscore", b"0_5", FAULT),
    _size("space-before", b" 5", FAULT),
    _size("space-after", b"5 ", [FIVE, *FAULT]),
    _size("tab-after", b"5\t", [FIVE, *FAULT]),
    _size("two-numbers", b"5 5", FAULT, nginx="reads over what follows a space"),
    _size("nul", b"5\0", FAULT),
    _size("cr", b"5\r", FAULT),
    _size("2-to-64", b"10000000000000000", TOO_MUCH),
    _size("2-to-64-and-5", b"10000000000000005", TOO_MUCH),
    _size("2-to-64-less-1", b"FFFFFFFFFFFFFFFF", TOO_MUCH),
    _size("2-to-63", b"8000000000000000", TOO_MUCH),
    _size("2-to-32-and-5", b"100000005", TOO_MUCH),
    _size("100-digits", b"F" * 100, TOO_MUCH),

    *(
        case(f"9112-7.1/size-{name}-read-first",
             f"a handler never sees content with the size {size!r}",
             chunked("/echo", size + b"\r\n{\r\n" + LAST, kind="application/json"),
             methods=("POST",),
             expect=refused(*statuses))
        for name, size, statuses in [
            ("letter", b"g", (400,)), ("plus", b"+1", (400,)), ("empty", b"", (400,)),
            ("2-to-64-and-1", b"10000000000000001", (400, 413)), ("prefixed", b"0x1", (400,)),
        ]
    ),

    # Bad ends.
    _chunks("9112-7.1/lf-after-a-size", "a size ends with CRLF", b"5\nhello\r\n" + LAST, FAULT,
            nginx=_LENIENT),
    _chunks("9112-7.1/lf-after-data", "data ends with CRLF", b"5\r\nhello\n" + LAST, FAULT,
            nginx=_LENIENT),
    _chunks("9112-7.1/lf-at-the-end", "chunks end with CRLF, or are refused",
            b"5\r\nhello\r\n0\r\n\n", [FIVE, *FAULT]),
    _chunks("9112-7.1/nothing-after-data", "data ends with CRLF", b"5\r\nhello" + LAST, FAULT),
    _chunks("9112-7.1/more-data-than-the-size", "data ends where its size says",
            b"5\r\nhello!\r\n" + LAST, FAULT),
    _chunks("9112-7.1/less-data-than-the-size", "data ends where its size says",
            b"7\r\nhello\r\n" + LAST + LAST, FAULT),
    _chunks("9112-7.1/two-bytes-for-crlf", "data ends with CRLF and no other two bytes",
            b"5\r\nhelloXX" + LAST, FAULT),
    _chunks("9112-7.1/no-chunks-at-all", "content in chunks has a last chunk", b"hello\r\n\r\n",
            FAULT),

    # Extensions.
    _extension("name", b";a", FIVE),
    _extension("name-and-value", b";a=b", FIVE),
    _extension("quoted-value", b';a="b c; d"', FIVE),
    _extension("several", b";a;b=c;d=\"e\"", FIVE),
    _extension("whitespace-around", b" ; a = b", [FIVE, *FAULT]),
    _extension("of-1-kib", b";a=" + b"b" * 1024, [FIVE, *TOO_MUCH]),
    _extension("of-64-kib", b";a=" + b"b" * 65536, TOO_MUCH,
               nginx="reads over extensions of any length"),
    _extension("lf-inside", b";a\nb", FAULT),
    _extension("cr-inside", b";a\rb", FAULT),
    _extension("nul-inside", b";a\0b", [FIVE, *FAULT]),
    _chunks("9112-7.1.1/many-of-them", "extensions are bounded over all chunks",
            (b"1;" + b"a" * 100 + b"\r\nx\r\n") * 1000 + LAST, TOO_MUCH,
            nginx="reads over extensions of any length"),
    case("9112-7.1.1/extension-that-hides-a-request", "LF in an extension hides no request",
         chunked("/bytes", b"1;\n\r\nx\r\n" + LAST + get("/smuggled")), methods=("POST",),
         expect=FAULT),

    # Trailers.
    _trailers("one", "a trailer is read over", b"X-Checksum: 1"),
    _trailers("several", "trailers are read over", b"X-Checksum: 1", b"X-Other: 2"),
    _trailers("host", "Host among trailers changes nothing, or is refused (RFC 9110 §6.5.1)",
              b"Host: other.example", expect=[FIVE, *FAULT]),
    _trailers("length", "Content-Length among trailers changes nothing, or is refused",
              b"Content-Length: 100", expect=[FIVE, *FAULT]),
    _trailers("coding", "Transfer-Encoding among trailers changes nothing, or is refused",
              b"Transfer-Encoding: chunked", expect=[FIVE, *FAULT]),
    _trailers("connection", "Connection among trailers changes nothing, or is refused",
              b"Connection: close", expect=[FIVE, *FAULT]),
    _trailers("bad-name", "a trailer is a field line", b"X Test: 1", expect=FAULT,
              nginx="does not look at trailers"),
    _trailers("no-colon", "a trailer is a field line", b"X-Test", expect=FAULT,
              nginx="does not look at trailers"),
    _trailers("fold", "a folded trailer is read over, or refused", b"X-Test: a", b" b",
              expect=[FIVE, *FAULT]),
    _trailers("nul", "a trailer has no NUL", b"X-Test: a\0b", expect=FAULT,
              nginx="does not look at trailers"),
    _trailers("too-large", "trailers have a limit", b"X-Test: " + b"a" * 4 * HEADER_LIMIT,
              expect=TOO_MUCH,
              nginx="does not look at trailers"),
    _trailers("too-many", "trailers have a limit", *[b"X-Test: 1"] * 1100, expect=TOO_MUCH,
              nginx="does not look at trailers"),
    case("9112-7.1.2/trailers-sent", "trailers follow the last chunk",
         get("/trailers", "TE: trailers", "Connection: TE"),
         expect=ok(has("trailers", lambda answer: answer.trailers))),
    case("9112-7.1.2/trailers-not-sent-to-1.0", "HTTP/1.0 gets no trailers",
         get("/trailers", version="HTTP/1.0"), expect=ends(answer(200))),
    case("9110-6.5.1/trailers-unasked", "trailers come only where they may be dropped",
         get("/trailers"), expect=ok()),

    # The whole.
    case("9110-15.5.14/chunks-over-the-limit", "content over the limit is 413, however it comes",
         chunked("/echo", (b"80001\r\n" + b'"' * 0x80001 + b"\r\n") * 2 + LAST,
                 kind="application/json"),
         methods=("POST",), expect=rejected(413)),
    case("9110-15.5.14/chunk-over-the-limit", "a size over the limit is refused, at the latest when its data does not come",
         chunked("/echo", b"FFFFFFFF\r\n", kind="application/json"), methods=("POST",),
         expect=refused(400, 408, 413), nginx="waits for the data"),
]
