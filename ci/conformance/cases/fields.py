"""Field lines: names, values, and what folds them."""

from case import case, get
from expect import PARSER, answer, body, field, is_json, lacks, ok, refused, stays

HELLO = ok(body(b"Hello, World!"))
_NAMES = "refuses no names but for control characters and spaces"
_NO_COLON = "ignores lines without a colon"
_NO_TABS = "takes no tab for whitespace"


def _raw(*lines):
    """A request with these field lines, which may be none."""
    return b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"


def _bad(id, claim, *lines, **more):
    return case(id, claim, _raw(*lines), **{"expect": refused(400), "hyper": PARSER, **more})


def _good(id, claim, *lines, **more):
    return case(id, claim, _raw(*lines), expect=HELLO, **more)


def _echoes(id, claim, wanted, *lines, **more):
    """The value of `X-Test`, as the server reads it."""
    def has(found):
        values = found.get("x-test", found.get("X-Test"))
        return values == wanted or values == [wanted]
    return case(id, claim, get("/headers", *lines), expect=ok(is_json(has)), **more)


CASES = [
    # Names.
    case("9110-5.1/name-in-mixed-case", "names are case-insensitive",
         b"GET /plaintext HTTP/1.1\r\nhOsT: localhost\r\n\r\n", expect=HELLO),
    _good("9110-5.1/unknown-name", "an unknown field is ignored", b"X-Nobody-Knows: 1"),
    _good("9110-5.6.2/every-character-of-a-token", "a name is a token",
          b"!#$%&'*+-.^_`|~09azAZ: 1"),
    _bad("9110-5.6.2/empty-name", "a name is not empty", b": 1"),
    _bad("9110-5.6.2/space-in-a-name", "a name is a token", b"X Test: 1"),
    _bad("9110-5.6.2/bracket-in-a-name", "a name is a token", b"X(Test): 1", nginx=_NAMES),
    _bad("9110-5.6.2/quote-in-a-name", "a name is a token", b'"X-Test": 1', nginx=_NAMES),
    _bad("9110-5.6.2/slash-in-a-name", "a name is a token", b"X/Test: 1", nginx=_NAMES),
    _bad("9110-5.6.2/nul-in-a-name", "a name is a token", b"X-\0Test: 1"),
    _bad("9110-5.6.2/control-character-in-a-name", "a name is a token", b"X-\x01Test: 1"),
    _bad("9110-5.6.2/del-in-a-name", "a name is a token", b"X-\x7fTest: 1"),
    _bad("9110-5.6.2/letter-beyond-ascii-in-a-name", "a name is a token", "X-T\u00e9st: 1".encode(),
         nginx=_NAMES),
    _bad("9112-5/no-colon", "a field line has a colon", b"X-Test", nginx=_NO_COLON),
    _bad("9112-5/equals-for-the-colon", "a field line has a colon", b"X-Test=1", nginx=_NO_COLON),

    # Values.
    _echoes("9110-5.5/whitespace-around-a-value", "whitespace around a value is no part of it",
            "a b", "X-Test: \t  a b\t ", nginx=_NO_TABS),
    _echoes("9110-5.5/no-whitespace-before-a-value", "whitespace before a value is optional",
            "1", "X-Test:1"),
    _echoes("9110-5.5/empty-value", "a value may be empty", "", "X-Test:"),
    _echoes("9110-5.5/tab-in-a-value", "a tab is allowed inside a value", "a\tb", "X-Test: a\tb",
            nginx="writes it into JSON as it came"),
    _echoes("9110-5.5/colon-in-a-value", "a value may have colons", "a:b: c", "X-Test: a:b: c"),
    _good("9110-5.5/bytes-beyond-ascii-in-a-value", "bytes beyond ASCII are data",
          b"X-Test: \xc3\xa9\xff"),
    _bad("9110-5.5/nul-in-a-value", "NUL in a value is refused", b"X-Test: a\0b"),
    _bad("9110-5.5/nul-at-the-end-of-a-value", "NUL in a value is refused", b"X-Test: a\0"),
    _bad("9110-5.5/bell-in-a-value", "control characters in a value are refused or kept",
         b"X-Test: a\x07b", expect=[HELLO, refused(400)]),
    _bad("9110-5.5/del-in-a-value", "control characters in a value are refused or kept",
         b"X-Test: a\x7fb", expect=[HELLO, refused(400)]),
    case("9110-5.3/lines-of-one-name", "lines of one name keep their order",
         get("/headers", "X-Test: a", "X-Other: b", "X-Test: c"),
         expect=ok(is_json(lambda found: found.get("x-test") in ("a, c", "a,c", ["a", "c"]))),
         nginx="has the first line alone in its variables"),
    _good("9110-5.6.1/empty-members-of-a-list", "empty members of a list are ignored",
          b"Connection: , ,keep-alive, ,"),

    # Whitespace before the colon.
    _bad("9112-5.1/space-before-the-colon", "whitespace before the colon is 400", b"X-Test : 1"),
    _bad("9112-5.1/tab-before-the-colon", "whitespace before the colon is 400", b"X-Test\t: 1"),
    case("9112-5.1/space-before-the-colon-of-host", "whitespace before the colon is 400",
         b"GET /plaintext HTTP/1.1\r\nHost : localhost\r\n\r\n", expect=refused(400), hyper=PARSER),

    # Folding.
    _bad("9112-5.2/fold-with-a-space", "a folded value is 400", b"X-Test: a\r\n b"),
    _bad("9112-5.2/fold-with-a-tab", "a folded value is 400", b"X-Test: a\r\n\tb"),
    _bad("9112-5.2/fold-of-nothing", "a folded value is 400", b"X-Test:\r\n b"),
    _bad("9112-5.2/fold-into-nothing", "a folded value is 400", b"X-Test: a\r\n "),
    _bad("9112-5.2/fold-before-a-field", "a folded value is 400", b"X-Test: a\r\n X-Other: b"),
    case("9112-5.2/fold-of-host", "a folded value is 400",
         b"GET /plaintext HTTP/1.1\r\nHost:\r\n localhost\r\n\r\n", expect=refused(400),
         hyper=PARSER),
    _bad("9112-5.2/fold-of-transfer-encoding", "a folded value is 400",
         b"Transfer-Encoding:\r\n chunked", b"", b"0\r\n"),

    # What goes out.
    case("9110-5.5/injection-into-a-cookie", "CR and LF never leave in a value",
         get("/cookies/set?k=a&v=b%0d%0aX-Injected:%201"),
         expect=stays(answer((200, 204, 302, 303, 400, 422), lacks("x-injected")))),
    case("9110-5.5/injection-into-the-name-of-a-cookie", "CR and LF never leave in a value",
         get("/cookies/set?k=a%0d%0aX-Injected:%201%0d%0a&v=b"),
         expect=stays(answer((200, 204, 302, 303, 400, 422), lacks("x-injected")))),
    case("9110-5.5/cookie-comes-back", "a good value leaves as it came",
         get("/cookies/set?k=a&v=b"),
         expect=stays(answer((200, 204, 302, 303), field("set-cookie", "a=b(;.*)?")))),
    case("9112-11.1/injection-into-a-name", "CR and LF never leave in a value",
         get("/download/a%0d%0aX-Injected:%201"),
         expect=stays(answer((200, 400, 404), lacks("x-injected")))),
    case("9112-11.1/injection-by-lf", "LF never leaves in a value",
         get("/cookies/set?k=a&v=b%0aX-Injected:%201"),
         expect=stays(answer((200, 204, 302, 303, 400, 422), lacks("x-injected")))),
    case("9112-11.1/nul-out", "NUL never leaves in a value",
         get("/cookies/set?k=a&v=b%00c"),
         expect=stays(answer((200, 204, 302, 303, 400, 422)))),
]
