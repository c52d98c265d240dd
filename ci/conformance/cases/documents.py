"""Problem documents: what an error says, and to whom (RFC 9457)."""

import json
import re

from case import case, chunked, get, head, post
from expect import answer, either, error, field, has, stays
from settings import BODY_LIMIT, URI_LIMIT

ONLY = "has no problem documents"
# What only somebody says who has seen the server from within.
_SECRETS = ("panicked", ".rs:", "src/", "backtrace", "/home/", "/root/", "secret")


def _document(answer):
    """The members of the document; none if it is no JSON, which `error` reports."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return {}


def _is_uri(answer, _):
    kind = _document(answer).get("type", "about:blank")
    is_uri = re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S*|/\S*", kind)
    return None if is_uri else f"`type` is `{kind}`"


def _code_is_snake_case(answer, _):
    code = _document(answer).get("code")
    return None if re.fullmatch("[a-z][a-z0-9_]*", code or "") else f"`code` is `{code}`"


def _tells_nothing(answer, _):
    text = answer.body.decode().lower()
    found = [word for word in _SECRETS if word in text]
    return f"it tells {found}" if found else None


def _no_markup(answer, _):
    return "what was asked for is markup" if b"<script>alert" in answer.body else None


def _same_title(answer, _):
    """RFC 9457 §4.2.1: `about:blank` has the phrase of the status for a title."""
    document = _document(answer)
    differs = document.get("type") == "about:blank" and document.get("title") != answer.reason
    return f"the title is `{document.get('title')}`" if differs else None


def _code(wanted):
    def check(answer, _):
        code = _document(answer).get("code")
        return None if code == wanted else f"`code` is `{code}`"
    return check


def _faults(*pointers):
    """`errors` has a fault at each of these pointers."""
    def check(answer, _):
        found = [fault.get("pointer") for fault in _document(answer).get("errors", [])]
        missing = [pointer for pointer in pointers if pointer not in found]
        return f"faults are at {found}" if missing or not found else None
    return check


def _error(section, name, claim, status, request, *checks, method="GET", **more):
    return case(f"9457-{section}/{name}", claim, request, methods=(method,), nginx=ONLY,
                expect=either(error(status, field("content-type", r"application/problem\+json.*"),
                                    *checks)), **more)


CASES = [
    _error("3", "404", "404 is explained", 404, get("/nowhere"), _code_is_snake_case,
           _tells_nothing),
    _error("3", "405", "405 is explained", 405, head("DELETE", "/json"), _code_is_snake_case,
           method="DELETE"),
    _error("3", "400", "a bad Host is explained", 400, get("/plaintext", host="a b"),
           _code("invalid_host")),
    _error("3", "400-of-a-target", "a bad target is explained", 400, get("/users/%zz"),
           _code_is_snake_case),
    _error("3", "400-of-a-coding", "a bad coding is explained", 400,
           head("POST", "/bytes", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
           _code("invalid_transfer_encoding"), method="POST"),
    _error("3", "400-of-json", "JSON that is none is explained", 400,
           post("/echo", b"{", kind="application/json"), _code_is_snake_case, method="POST"),
    _error("3", "413", "content over the limit is explained", 413,
           head("POST", "/echo", "Content-Type: application/json",
                f"Content-Length: {BODY_LIMIT + 1}"),
           _code_is_snake_case, method="POST"),
    _error("3", "414", "a target over the limit is explained", 414, get("/" + "a" * URI_LIMIT),
           _code("uri_too_long")),
    _error("3", "415", "another kind of content is explained", 415,
           post("/echo", b"<a/>", kind="text/xml"),
           _code_is_snake_case, method="POST"),
    _error("3", "415-without-a-kind", "content of no kind is explained", 415,
           head("POST", "/echo", "Content-Length: 2") + b"{}", _code_is_snake_case, method="POST"),
    _error("3", "417", "another expectation is explained", 417,
           head("GET", "/plaintext", "Expect: word"), _code("unknown_expectation")),
    _error("3", "422-of-a-query", "a bad query is explained", 422, get("/search?q=a&page=b"),
           _faults("/page")),
    _error("3", "422-of-nothing", "missing content is explained", 422,
           post("/echo", b"", kind="application/json"), _code_is_snake_case, method="POST"),
    _error("3", "422-of-an-object", "every fault of an object is explained", 422,
           post("/echo", b"{}", kind="application/json"), _faults(), method="POST"),
    _error("3", "422-of-chunks", "every fault of an object is explained, however it came", 422,
           chunked("/echo", b"2\r\n{}\r\n0\r\n\r\n", kind="application/json"), _faults(),
           method="POST"),
    _error("3", "500-of-an-error", "an error tells nothing of the server", 500, get("/error"),
           _tells_nothing),
    _error("3", "500-of-a-panic", "a panic tells nothing of the server", 500, get("/panic"),
           _tells_nothing),
    _error("3", "416", "a range that cannot be had is explained", 416,
           get("/static/hello.txt", "Range: bytes=99999-"), _code_is_snake_case),
    _error("3", "412", "a condition that fails is explained", 412,
           get("/static/hello.txt", 'If-Match: "other"'), _code_is_snake_case),
    _error("3.1.1", "type", "`type` is a URI", 404, get("/nowhere"), _is_uri),
    _error("3.1.2", "status", "`status` is that of the answer", 405, head("PUT", "/json"),
           has("the status", lambda answer: _document(answer).get("status") == 405), method="PUT"),
    _error("4.2.1", "title", "`about:blank` has the phrase of the status for a title", 404,
           get("/nowhere"), _same_title),
    _error("3", "asked-for-as-json", "`Accept: application/json` gets a document", 404,
           get("/nowhere", "Accept: application/json")),
    _error("3", "asked-for-by-name", "`Accept: application/problem+json` gets a document", 404,
           get("/nowhere", "Accept: application/problem+json")),
    case("9457-3/asked-for-as-a-page", "`Accept: text/html` gets a page or a document",
         get("/nowhere", "Accept: text/html"),
         expect=stays(answer(404, field("content-type", "(text/html|application/problem).*")))),
    case("9457-3/path-is-escaped", "what is asked for is no markup in a page",
         get("/<script>alert(1)</script>", "Accept: text/html"),
         expect=either(answer((400, 404), _no_markup))),
    case("9457-3/path-with-quotes", "what is asked for breaks no document",
         get("/a%22b%5cc%00d"), expect=either(error((400, 404)))),
    case("9457-3/head", "HEAD of an error has the fields of the document",
         head("HEAD", "/nowhere"), methods=("HEAD",), nginx=ONLY,
         expect=stays(error(404, field("content-type", r"application/problem\+json.*")))),
]
