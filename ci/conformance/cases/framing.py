"""Where content ends: Content-Length, Transfer-Encoding, and what to believe."""

from case import case, get, head
from expect import PARSER, SILENCE, answer, body, cut_off, ends, framing, has, ok, refused
from talk import Finish

FIVE = ok(body(b"hello"))
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
SOMETHING = has("content", lambda answer: answer.body)
AFTER = get("/smuggled")


def _post(*lines, content=b"hello", version="HTTP/1.1"):
    lines = ("Content-Type: application/octet-stream", *lines)
    return head("POST", "/bytes", *lines, version=version) + content


def _length(name, value, expect, **more):
    return case(f"9112-6.3/length-{name}", f"`Content-Length: {value}`",
                _post(f"Content-Length: {value}"), methods=("POST",), expect=expect, **more)


def _coding(name, *values, expect=refused(400, 501), content=CHUNKS, section="6.1", **more):
    lines = [f"Transfer-Encoding: {value}" for value in values]
    return case(f"9112-{section}/{name}", " and ".join(f"`{line}`" for line in lines),
                _post(*lines, content=content), methods=("POST",), expect=expect, **more)


CASES = [
    # Content-Length, good and bad.
    _length("good", "5", FIVE),
    _length("with-zeros", "0005", [FIVE, refused(400)]),
    _length("with-whitespace", " \t5 \t", FIVE, nginx="takes no tab for whitespace"),
    _length("plus", "+5", refused(400), hyper=PARSER),
    _length("minus", "-5", refused(400), hyper=PARSER),
    _length("minus-zero", "-0", refused(400), hyper=PARSER),
    _length("empty", "", refused(400), hyper=PARSER),
    _length("letters", "five", refused(400), hyper=PARSER),
    _length("hexadecimal", "0x5", refused(400), hyper=PARSER),
    _length("decimal-point", "5.0", refused(400), hyper=PARSER),
    _length("exponent", "5e0", refused(400), hyper=PARSER),
    _length("number-and-more", "5 x", refused(400), hyper=PARSER),
    _length("two-numbers", "5 5", refused(400), hyper=PARSER),
    _length("semicolon", "5;", refused(400), hyper=PARSER),
    _length("underscore", "0_5", refused(400), hyper=PARSER),
    _length("digits-beyond-ascii", "\u00b2", refused(400), hyper=PARSER),
    _length("2-to-64", "18446744073709551616", refused(400, 413), hyper=PARSER),
    _length("2-to-64-and-5", "18446744073709551621", refused(400, 413), hyper=PARSER),
    _length("2-to-63", "9223372036854775808", [refused(400, 413), ends(cut_off(200))]),
    _length("200-digits", "9" * 200, refused(400, 413), hyper=PARSER),
    _length("list-of-equals", "5, 5", [FIVE, refused(400)], hyper=PARSER),
    _length("list-of-others", "5, 6", refused(400), hyper=PARSER),
    _length("list-with-an-empty-member", "5,", refused(400), hyper=PARSER),
    case("9112-6.3/lengths-equal", "two equal lengths are one, or refused",
         _post("Content-Length: 5", "Content-Length: 5"), methods=("POST",),
         expect=[FIVE, refused(400)]),
    case("9112-6.3/lengths-differ", "two lengths are refused",
         _post("Content-Length: 5", "Content-Length: 6"), methods=("POST",), expect=refused(400),
         hyper=PARSER),
    case("9112-6.3/lengths-differ-zero-first", "two lengths are refused",
         _post("Content-Length: 0", "Content-Length: 5"), methods=("POST",), expect=refused(400),
         hyper=PARSER),
    case("9112-6.3/lengths-in-two-spellings", "two spellings of one length are one, or refused",
         _post("Content-Length: 5", "Content-Length: 05"), methods=("POST",),
         expect=[FIVE, refused(400)]),
    case("9112-6.3/length-of-1.0", "HTTP/1.0 has lengths, too",
         _post("Content-Length: 5", version="HTTP/1.0"), methods=("POST",),
         expect=ends(answer(200, body(b"hello")))),
    case("9112-8/content-broken-off", "content that breaks off is no content",
         _post("Content-Length: 10"), Finish(), methods=("POST",),
         expect=[refused(400), SILENCE, ends(cut_off(200))]),
    case("9112-8/chunks-broken-off", "chunks that break off are no content",
         _post("Transfer-Encoding: chunked", content=b"5\r\nhello\r\n"), Finish(),
         methods=("POST",),
         expect=[refused(400), SILENCE, ends(cut_off(200))]),
    case("9112-8/chunk-broken-off", "a chunk that breaks off is no content",
         _post("Transfer-Encoding: chunked", content=b"5\r\nhel"), Finish(), methods=("POST",),
         expect=[refused(400), SILENCE, ends(cut_off(200))]),
    case("9112-8/trailers-broken-off", "trailers that break off end no content",
         _post("Transfer-Encoding: chunked", content=b"5\r\nhello\r\n0\r\n"), Finish(),
         methods=("POST",),
         expect=[refused(400), SILENCE, ends(cut_off(200))]),

    # Transfer-Encoding, good and bad.
    _coding("coding-good", "chunked", expect=FIVE),
    _coding("coding-in-mixed-case", "ChUnKeD", expect=FIVE, section="7"),
    _coding("coding-with-whitespace", " \tchunked \t", expect=FIVE,
            nginx="takes no tab for whitespace"),
    case("9112-7/coding-without-a-space", "`Transfer-Encoding:chunked`",
         _post("Transfer-Encoding:chunked", content=CHUNKS), methods=("POST",), expect=FIVE),
    _coding("coding-identity", "identity", hyper=PARSER),
    _coding("coding-unknown", "cow", hyper=PARSER),
    _coding("coding-gzip", "gzip", hyper=PARSER),
    _coding("coding-prefixed", "xchunked", hyper=PARSER),
    _coding("coding-suffixed", "chunkedx", hyper=PARSER),
    _coding("coding-empty", "", hyper=PARSER),
    _coding("coding-quoted", '"chunked"', hyper=PARSER),
    _coding("coding-in-single-quotes", "'chunked'", hyper=PARSER),
    _coding("coding-with-a-parameter", "chunked;q=1", hyper=PARSER),
    _coding("coding-vertical-tab", "\x0bchunked", hyper=PARSER),
    _coding("coding-nul", "chunked\0", hyper=PARSER),
    _coding("coding-no-break-space", "\u00a0chunked", hyper=PARSER),
    _coding("coding-chunked-not-last", "chunked, gzip", section="6.3", hyper=PARSER),
    _coding("coding-chunked-twice", "chunked, chunked", section="7.1"),
    _coding("coding-chunked-on-two-lines", "chunked", "chunked", section="7.1"),
    _coding("coding-identity-then-chunked", "identity", "chunked"),
    _coding("coding-chunked-then-identity", "chunked", "identity", section="6.3", hyper=PARSER),
    _coding("coding-gzip-then-chunked", "gzip, chunked"),
    _coding("coding-empty-member-first", ",chunked", expect=[FIVE, refused(400, 501)]),
    _coding("coding-empty-member-last", "chunked,", expect=[FIVE, refused(400, 501)], hyper=PARSER),
    case("9112-6.1/coding-of-get", "content of GET may come in chunks",
         head("GET", "/plaintext", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
         expect=ok(body(b"Hello, World!"))),
    case("9112-6.1/coding-of-1.0", "Transfer-Encoding in HTTP/1.0 is faulty framing",
         _post("Transfer-Encoding: chunked", content=CHUNKS + AFTER, version="HTTP/1.0"),
         methods=("POST",),
         expect=[refused(400, 501), ends(answer(200, body(b"hello")))], hyper=PARSER),
    case("9112-6.1/coding-of-1.0-kept-alive", "Transfer-Encoding in HTTP/1.0 ends the connection",
         _post("Transfer-Encoding: chunked", "Connection: keep-alive", content=CHUNKS + AFTER,
               version="HTTP/1.0"),
         methods=("POST",), expect=[refused(400, 501), ends(answer(200, body(b"hello")))],
         hyper=PARSER),
    case("9112-6.1/coding-and-length-of-1.0", "Transfer-Encoding in HTTP/1.0 ends the connection",
         _post("Transfer-Encoding: chunked", "Content-Length: 5", "Connection: keep-alive",
               content=CHUNKS + AFTER, version="HTTP/1.0"),
         methods=("POST",), expect=[refused(400, 501), ends(answer(200, body(b"hello")))],
         hyper=PARSER),

    # Answers.
    case("9112-6.1/answer-to-1.0-in-a-stream", "HTTP/1.0 gets no chunks",
         get("/stream/3", version="HTTP/1.0"),
         expect=ends(answer(200, framing("close", "length"), SOMETHING))),
    case("9112-6.3/answer-in-a-stream", "content without a known length comes in chunks",
         get("/stream/3"),
         expect=ok(framing("chunked"), SOMETHING)),
    case("9112-6.3/answer-of-no-bytes", "empty content has the length 0",
         get("/bytes/0"), expect=ok(body(b""), framing("length"))),
    case("9112-6.3/answer-of-1000000-bytes", "long content comes whole",
         get("/bytes/1000000"), expect=ok(has("1,000,000 bytes",
                                              lambda answer: len(answer.body) == 1_000_000))),
]
