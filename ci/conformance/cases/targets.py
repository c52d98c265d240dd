"""The target of a request: its four forms, and what it may be made of."""

from case import case, get, head
from expect import PARSER, allows, answer, body, declined, ends, is_json, lacks, ok, refused, stays
from settings import URI_LIMIT

HELLO = ok(body(b"Hello, World!"))
# A target that is wrong is 400; that it names nothing is no less true.
NOT_FOUND = [refused(400), declined(400, 404)]


def _absolute(name, claim, target, **more):
    return case(f"9112-3.2.2/{name}", claim, get(target), **more)


def _odd(name, character, **more):
    claim = f"`{name}` is not allowed in a target, and names nothing"
    return case(f"9112-3.2/{name}", claim, get(f"/plain{character}text"), expect=NOT_FOUND, **more)


CASES = [
    # origin-form
    case("9112-3.2.1/query", "a query is no part of the path",
         get("/plaintext?a=b?c/d"), expect=HELLO),
    case("9112-3.2.1/empty-query", "a query may be empty",
         get("/plaintext?"), expect=HELLO),
    case("9112-3.2.1/encoded-letter", "an encoded letter is the letter (RFC 3986 §6.2.2.2)",
         get("/%70laintext"), expect=HELLO),
    case("9112-3.2.1/encoded-slash", "an encoded slash separates no segments",
         get("/users%2F1"), expect=declined(404),
         nginx="decodes a path before it looks it up"),
    case("9112-3.2.1/two-slashes", "an empty segment is not left out",
         get("//plaintext"), expect=declined(404), nginx="takes paths for those of files"),
    case("9112-3.2.1/slash-at-the-end", "a path with a slash at its end is another path",
         get("/plaintext/"), expect=declined(404)),
    case("9112-3.2.1/unknown-path", "a path that names nothing is 404",
         get("/nowhere"), expect=declined(404)),
    case("9112-3.2.1/dot-segments", "dot segments lead nowhere outside",
         get("/static/../../../../etc/passwd"), expect=NOT_FOUND),
    case("9112-3.2.1/encoded-dot-segments", "encoded dot segments lead nowhere outside",
         get("/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), expect=NOT_FOUND),
    case("9112-3.2.1/encoded-slashes-and-dots", "encoded dots and slashes lead nowhere outside",
         get("/static/..%2f..%2f..%2fetc%2fpasswd"), expect=NOT_FOUND),
    case("9112-3.2.1/backslashes", "backslashes lead nowhere outside",
         get("/static/..%5c..%5cetc%5cpasswd"), expect=NOT_FOUND),
    case("9112-3.2.1/download-of-a-parent", "a name is no path",
         get("/download/..%2f..%2fetc%2fpasswd"), expect=NOT_FOUND),
    case("9112-3.2.1/relative", "a path begins with a slash",
         get("plaintext"), expect=[refused(400), declined(400)]),
    case("9112-3.2.1/query-alone", "a target is not a query alone",
         get("?q=1"), expect=refused(400), hyper=PARSER),
    case("9112-3.2/fragment", "a target has no fragment",
         get("/plaintext#part"), expect=[refused(400), declined(400)], nginx="cuts a fragment off"),
    case("9110-4.1/bad-escape", "`%zz` is no escape",
         get("/users/%zz"), expect=[refused(400), declined(400)]),
    case("9110-4.1/half-an-escape", "`%4` is no escape",
         get("/users/%4"), expect=[refused(400), declined(400)]),
    case("9110-4.1/escape-that-is-no-utf-8", "a path is UTF-8",
         get("/users/%ff"), expect=[refused(400), declined(400)], nginx="takes paths for bytes"),
    case("9110-4.1/escaped-nul", "an escaped NUL names nothing",
         get("/static/hello.txt%00.html"), expect=NOT_FOUND),
    case("9110-4.1/8000-bytes", "a server should take request lines of 8,000 bytes (RFC 9112 §3)",
         get("/plaintext?q=" + "a" * (8000 - len("GET /plaintext?q= HTTP/1.1"))), expect=HELLO),
    case("9110-15.5.15/target-over-the-limit", "a target over the limit is 414",
         get("/plaintext?q=" + "a" * URI_LIMIT),
         expect=[refused(414), declined(414)]),
    case("9110-15.5.15/path-over-the-limit", "a target over the limit is 414",
         get("/" + "a" * URI_LIMIT), expect=[refused(414), declined(414)]),
    _odd("nul", "\0", hyper=PARSER),
    _odd("control-character", "\x01", hyper=PARSER),
    _odd("del", "\x7f", hyper=PARSER),
    _odd("quote", '"'),
    _odd("angle-bracket", "<", hyper=PARSER),
    _odd("backslash", "\\"),
    _odd("caret", "^"),
    _odd("brace", "{"),
    _odd("raw-utf-8", "\u00c3\u00bc"),
    _odd("tab", "\t", hyper=PARSER),

    # absolute-form
    _absolute("absolute", "a server takes an absolute target",
              "http://localhost/plaintext", expect=HELLO),
    _absolute("no-path", "an absolute target without a path means the root",
              "http://localhost", expect=ok(lacks("location"))),
    _absolute("query-without-a-path", "an absolute target without a path means the root",
              "http://localhost?q=1", expect=[ok(lacks("location")), refused(400)]),
    _absolute("scheme-in-upper-case", "a scheme is case-insensitive (RFC 3986 §3.1)",
              "HTTP://localhost/plaintext", expect=HELLO),
    _absolute("no-host-in-the-target", "`http` without a host is invalid (RFC 9110 §4.2.1)",
              "http:///plaintext", expect=refused(400), hyper=PARSER),
    _absolute("port-alone", "`http` without a host is invalid (RFC 9110 §4.2.1)",
              "http://:80/plaintext", expect=[refused(400), declined(400)]),
    _absolute("userinfo", "userinfo is an error (RFC 9110 §4.2.4)",
              "http://user:word@localhost/plaintext", expect=[refused(400), declined(400)]),
    _absolute("bad-port", "a port is a number",
              "http://localhost:http/plaintext", expect=[refused(400), declined(400)]),
    _absolute("fragment", "a target has no fragment",
              "http://localhost/plaintext#part", expect=[refused(400), declined(400)],
              nginx="cuts a fragment off"),
    case("9112-3.2.2/host-differs", "the host of an absolute target wins over Host",
         get("http://first.example/headers", host="second.example"),
         expect=ok()),
    case("9112-3.2.2/absolute-without-host", "an absolute target does not replace Host (§3.2)",
         get("http://localhost/plaintext", host=None), expect=[refused(400), declined(400)]),
    case("9112-3.2.2/absolute-in-1.0", "HTTP/1.0 may ask with an absolute target, too",
         get("http://localhost/plaintext", version="HTTP/1.0"),
         expect=ends(answer(200, body(b"Hello, World!")))),

    # authority-form
    case("9112-3.2.3/authority-for-get", "only CONNECT takes a host and a port for a target",
         get("localhost:80"), expect=[refused(400), declined(400)]),
    case("9112-3.2.3/connect", "a server that is no proxy does not connect",
         head("CONNECT", "localhost:80", host="localhost:80"), methods=("CONNECT",),
         expect=[refused(400, 404, 405, 501), declined(400, 404, 405, 501)]),
    case("9112-3.2.3/connect-then-a-request",
         "bytes after a refused CONNECT are requests, or nothing",
         head("CONNECT", "localhost:80", host="localhost:80") + get("/plaintext"),
         methods=("CONNECT",), requests=2,
         expect=[refused(400, 404, 405, 501), stays(declined(400, 404, 405, 501).shapes[0],
                                                    answer(200))]),
    case("9112-3.2.3/connect-without-a-port", "CONNECT needs a port (RFC 9110 §9.3.6)",
         head("CONNECT", "localhost"), methods=("CONNECT",),
         expect=[refused(400, 404, 405, 501), declined(400, 404, 405, 501)]),
    case("9112-3.2.3/connect-to-a-path", "CONNECT takes no path",
         head("CONNECT", "/plaintext"), methods=("CONNECT",),
         expect=[refused(400, 405, 501), declined(400, 405, 501)]),

    # asterisk-form
    case("9112-3.2.4/options", "OPTIONS * asks about the server",
         head("OPTIONS", "*"), methods=("OPTIONS",),
         expect=stays(answer((200, 204))), nginx="knows no OPTIONS"),
    case("9112-3.2.4/get", "only OPTIONS takes the asterisk",
         get("*"), expect=[refused(400), declined(400)]),
    case("9112-3.2.4/asterisk-and-more", "the asterisk stands alone",
         head("OPTIONS", "*/plaintext"), methods=("OPTIONS",),
         expect=[refused(400), declined(400)], hyper=PARSER),
    case("9110-9.3.7/options-of-a-path", "OPTIONS of a path names its methods",
         head("OPTIONS", "/"), methods=("OPTIONS",),
         expect=stays(answer((200, 204), allows("GET", "HEAD", "OPTIONS"))),
         nginx="knows no OPTIONS"),
    case("9110-4.2.3/encoded-query", "a query is decoded once",
         get("/search?q=%2561&page=1"),
         expect=ok(is_json(lambda found: found.get("q") == "%61")),
         nginx="gives the query back as it came"),
]
