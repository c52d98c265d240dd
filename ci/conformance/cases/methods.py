"""Methods: what each may do, and what an answer to HEAD has."""

from case import case, chunked, get, head, post
from expect import (
    allows, answer, body, declined, either, error, field, has, is_json, lists, ok, refused, stays,
)

HELLO = answer(200, body(b"Hello, World!"))
KEPT = has("nothing of the request", lambda answer: b"word" not in answer.body)
NOT_ALLOWED = "405 without Allow"
SMUGGLED = get("/smuggled")


class Alike:
    """An answer to HEAD and then one to GET, with the same status and the same fields."""

    FIELDS = ["content-type", "content-length", "etag", "last-modified", "location"]

    def __init__(self, status):
        self._outcome = stays(answer(status), answer(status))

    def __str__(self):
        return f"{self._outcome}, both with the same fields"

    def complaints(self, talk, subject):
        """What of a conversation is not this outcome."""
        return self._outcome.complaints(talk, subject) or self._differences(*talk.answers)

    def _differences(self, short, whole):
        names = [name for name in self.FIELDS if short.one(name) != whole.one(name)]
        # RFC 9110 §8.6: a server that would have to make the content to know its length may leave
        # the length out.
        if short.one("content-length") is None and "content-length" in names:
            names.remove("content-length")
        return [f"HEAD and GET differ in {names}"] if names else []


def _head(name, path, status=200, **more):
    return case(f"9110-9.3.2/{name}", f"HEAD of {path} has the fields of GET and no content",
                head("HEAD", path) + get(path), methods=("HEAD", "GET"), requests=2,
                expect=Alike(status), **more)


def _wrong(name, method, path, *allowed, **more):
    section = {"POST": "9.3.3", "PUT": "9.3.4", "DELETE": "9.3.5", "PATCH": "15.5.6",
               "GET": "9.3.1"}
    return case(f"9110-{section[method]}/{name}", f"{method} {path} is 405, and Allow says what is",
                head(method, path, "Content-Length: 0"), methods=(method,),
                expect=stays(error(405, allows(*allowed))), nginx=NOT_ALLOWED, **more)


CASES = [
    # GET
    case("9110-9.3.1/page", "GET / is a page", get("/"),
         expect=ok(field("content-type", r"text/html(; ?charset=utf-8)?"))),
    case("9110-9.3.1/text", "GET /plaintext is text", get("/plaintext"),
         expect=ok(body(b"Hello, World!"), field("content-type", r"text/plain(; ?charset=utf-8)?"),
                   field("content-length", "13"))),
    case("9110-9.3.1/json", "GET /json is JSON", get("/json"),
         expect=ok(is_json(lambda found: found == {"message": "Hello, World!"}),
                   field("content-type", "application/json"))),
    case("9110-9.3.1/parameter", "GET /users/42 is JSON", get("/users/42"),
         expect=ok(is_json(lambda found: found.get("id") == 42))),
    case("9110-9.3.1/content", "content of GET is read over",
         head("GET", "/plaintext", "Content-Length: 5") + b"hello",
         expect=stays(HELLO)),
    case("9110-9.3.1/content-in-chunks", "content of GET is read over",
         head("GET", "/plaintext", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
         expect=stays(HELLO)),
    case("9110-9.3.1/content-that-is-a-request", "content of GET is no request",
         head("GET", "/plaintext", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
         expect=stays(HELLO)),
    case("9110-9.3.1/empty-content", "GET may say that it has no content",
         head("GET", "/plaintext", "Content-Length: 0"), expect=stays(HELLO)),

    # HEAD
    _head("page", "/"),
    _head("text", "/plaintext"),
    _head("json", "/json"),
    _head("parameter", "/users/42"),
    _head("bytes", "/bytes/1000"),
    _head("no-bytes", "/bytes/0"),
    _head("stream", "/stream/3"),
    _head("file", "/static/hello.txt"),
    _head("nothing", "/nowhere", 404),
    _head("redirect", "/redirect/2", (302, 303, 307)),
    case("9110-9.3.2/wrong-method", "HEAD where there is no GET is 405", head("HEAD", "/echo"),
         methods=("HEAD",),
         expect=stays(error(405, allows("POST", "OPTIONS"))), nginx=NOT_ALLOWED),
    case("9110-9.3.2/pipelined", "nothing follows the head of an answer to HEAD",
         (head("HEAD", "/bytes/1000") + get("/plaintext")) * 3, methods=("HEAD", "GET") * 3,
         requests=6,
         expect=stays(*(answer(200, field("content-length", "1000")), HELLO) * 3)),
    case("9110-9.3.2/content", "content of HEAD is read over",
         head("HEAD", "/plaintext", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
         methods=("HEAD",),
         expect=stays(answer(200))),

    # POST
    case("9110-9.3.3/bytes", "POST /bytes gives the content back", post("/bytes", b"a\0b\xff"),
         methods=("POST",), expect=ok(body(b"a\0b\xff"))),
    case("9110-9.3.3/no-bytes", "POST may have empty content", post("/bytes", b""),
         methods=("POST",), expect=ok(body(b""))),
    case("9110-9.3.3/neither-length-nor-coding",
         "a request without both has no content (RFC 9112 §6.3)",
         head("POST", "/bytes"), methods=("POST",),
         expect=[ok(body(b"")), either(error(411))]),
    case("9110-9.3.3/content-for-a-wrong-path", "content for nobody is no request",
         post("/nowhere", SMUGGLED), methods=("POST",),
         expect=[declined(404), refused(404)]),
    case("9110-9.3.3/content-for-a-wrong-method", "content for nobody is no request",
         post("/plaintext", SMUGGLED), methods=("POST",),
         expect=[declined(405), refused(405)]),
    case("9110-9.3.3/chunks-for-a-wrong-method", "content for nobody is no request",
         chunked("/plaintext", b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)),
         methods=("POST",),
         expect=[declined(405), refused(405)]),
    _wrong("page", "POST", "/", "GET", "HEAD", "OPTIONS"),
    _wrong("json", "POST", "/json", "GET", "HEAD", "OPTIONS"),
    _wrong("page", "PUT", "/", "GET", "HEAD", "OPTIONS"),
    _wrong("page", "DELETE", "/", "GET", "HEAD", "OPTIONS"),
    _wrong("page", "PATCH", "/", "GET", "HEAD", "OPTIONS"),
    _wrong("echo", "GET", "/echo", "POST", "OPTIONS"),

    # Methods without content of their own
    case("9110-9.3.7/options-of-post", "OPTIONS names the methods of a path",
         head("OPTIONS", "/echo"),
         methods=("OPTIONS",), expect=stays(answer((200, 204), lists("allow", "POST", "OPTIONS"))),
         nginx="knows no OPTIONS"),
    case("9110-9.3.7/options-with-content", "content of OPTIONS is read over",
         head("OPTIONS", "/", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED, methods=("OPTIONS",),
         expect=stays(answer((200, 204), lists("allow", "GET"))), nginx="knows no OPTIONS"),
    case("9110-9.3.7/options-of-nothing", "OPTIONS of a path that names nothing",
         head("OPTIONS", "/nowhere"), methods=("OPTIONS",),
         expect=[declined(404), stays(answer((200, 204)))], nginx="knows no OPTIONS"),
    case("9110-9.3.8/trace", "TRACE gives nothing back",
         head("TRACE", "/", "X-Secret: word"), methods=("TRACE",),
         expect=stays(error((405, 501), KEPT)),
         nginx="ends the connection after TRACE"),
    case("9110-9.3.8/trace-of-post", "TRACE gives nothing back",
         head("TRACE", "/echo", "X-Secret: word"), methods=("TRACE",),
         expect=stays(error((405, 501), KEPT)),
         nginx="ends the connection after TRACE"),
    case("9110-9.1/unknown-method", "an unknown method is 501, or 405 with Allow",
         head("BREW", "/"), methods=("BREW",),
         expect=[declined(501), stays(error(405, allows("GET", "HEAD", "OPTIONS")))],
         nginx=NOT_ALLOWED),
    case("9110-9.1/unknown-method-with-content", "content of an unknown method is no request",
         head("BREW", "/", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED, methods=("BREW",),
         expect=[declined(405, 501), refused(405, 501)]),
    case("9110-9.1/unknown-method-of-nothing", "an unknown method of a path that names nothing",
         head("BREW", "/nowhere"), methods=("BREW",), expect=declined(404, 405, 501)),
    case("9110-9.2.1/override-of-get", "fields do not change a method",
         get("/plaintext", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE",
             "X-Method-Override: DELETE"),
         expect=stays(HELLO)),
    case("9110-9.2.1/override-of-post", "fields do not change a method",
         head("POST", "/plaintext", "Content-Length: 0", "X-HTTP-Method-Override: GET"),
         methods=("POST",),
         expect=declined(405)),
    case("9110-9.2.1/override-in-the-query", "a query does not change a method",
         get("/plaintext?_method=DELETE"), expect=stays(HELLO)),
]
