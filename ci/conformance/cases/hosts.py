"""Host: exactly one, and a good one."""

from case import case, get
from expect import PARSER, answer, body, declined, ends, error, either, ok, refused

HELLO = ok(body(b"Hello, World!"))
_NO_TABS = "takes no tab for whitespace"
NO_HOST = [refused(400), declined(400)]


def _bad(name, host, **more):
    claim = f"`Host: {host}` is no host"
    return case(f"9110-7.2/{name}", claim, get("/plaintext", host=host), expect=NO_HOST, **more)


def _loose(name, host, **more):
    return _bad(name, host, nginx="looks at slashes, spaces and control characters alone", **more)


def _good(name, host, **more):
    claim = f"`Host: {host}` is a host"
    return case(f"9110-7.2/{name}", claim, get("/plaintext", host=host), expect=HELLO, **more)


CASES = [
    case("9112-3.2/host-missing", "a request of HTTP/1.1 without Host is 400",
         get("/plaintext", host=None), expect=NO_HOST),
    case("9112-3.2/host-twice", "a request with two Hosts is 400",
         get("/plaintext", "Host: localhost"), expect=NO_HOST),
    case("9112-3.2/hosts-differ", "a request with two Hosts is 400",
         get("/plaintext", "Host: other.example"), expect=NO_HOST),
    case("9112-3.2/host-twice-in-1.0", "a request with two Hosts is 400, whatever its version",
         get("/plaintext", "Host: localhost", version="HTTP/1.0"),
         expect=refused(400)),
    case("9112-3.2/bad-host-in-1.0", "a request with a bad Host is 400, whatever its version",
         get("/plaintext", host="a b", version="HTTP/1.0"), expect=refused(400)),
    case("9112-3.2/host-missing-in-1.0", "HTTP/1.0 needs no Host",
         get("/plaintext", host=None, version="HTTP/1.0"),
         expect=ends(answer(200, body(b"Hello, World!")))),
    case("9112-3.2/host-empty", "Host may be empty where the target has no authority",
         get("/plaintext", host=""), expect=[HELLO, either(error(400))]),
    _good("port", "localhost:8080"),
    _good("port-is-empty", "localhost:"),
    _good("upper-case", "LOCALHOST"),
    _good("dot-at-the-end", "localhost."),
    _good("ipv4", "127.0.0.1"),
    _good("ipv6", "[::1]"),
    _good("ipv6-with-a-port", "[::1]:80"),
    _good("underscore", "a_b.example"),
    _good("whitespace-around", "  localhost\t ", nginx=_NO_TABS),
    _bad("space", "a b"),
    _bad("slash", "localhost/path"),
    _loose("two-ports", "localhost:80:80"),
    _loose("port-with-letters", "localhost:http"),
    _loose("port-negative", "localhost:-1"),
    _loose("userinfo", "user@localhost"),
    _bad("list", "localhost, other.example"),
    _loose("ipv6-not-closed", "[::1"),
    _loose("ipv6-and-more", "[::1]x"),
    _bad("url", "http://localhost"),
    _loose("query", "localhost?x"),
    _loose("fragment", "localhost#x"),
    _loose("quote", 'local"host'),
    _bad("nul", "local\0host", hyper=PARSER),
    _loose("letter-beyond-ascii", "l\u00f6calhost"),
]
