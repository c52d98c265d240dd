"""Status codes, and the fields that every answer has."""

import re
from datetime import datetime, timezone

from answer import parse_date
from case import case, get, head
from expect import (
    answer, body, declined, either, error, field, framing, has, is_json, lacks, ok, stays,
)


def _status(code, claim, section, *checks, **more):
    return case(f"9110-{section}/{code}", claim, get(f"/status/{code}"),
                expect=stays(answer(code, *checks)), **more)


def _is_current(value, _):
    return abs((datetime.now(timezone.utc) - parse_date(value)).total_seconds()) < 10


def _is_past(value, facts):
    return parse_date(value) <= datetime.now(timezone.utc) and value == facts.last_modified


def _no_version(answer, _):
    said = " ".join(answer.all("server") + answer.all("x-powered-by"))
    return f"it says `{said}`" if re.search("[0-9]", said) else None


CASES = [
    # Fields.
    case("9110-6.6.1/date", "Date is now", get("/plaintext"),
         expect=ok(field("date", _is_current))),
    case("9110-6.6.1/date-of-an-error", "an error has a Date", get("/nowhere"),
         expect=stays(error(404, field("date", _is_current)))),
    case("9110-6.6.1/date-of-options", "an answer without content has a Date", head("OPTIONS", "/"),
         methods=("OPTIONS",), expect=stays(answer((200, 204), field("date", _is_current))),
         nginx="knows no OPTIONS"),
    case("9110-10.2.4/no-version", "an answer names no version of the server", get("/plaintext"),
         expect=ok(_no_version)),
    case("9110-10.2.4/no-version-in-an-error", "an error names no version of the server",
         get("/nowhere"),
         expect=stays(error(404, _no_version))),
    case("9110-8.8.2/last-modified", "Last-Modified is a date of the past",
         get("/static/hello.txt"),
         expect=ok(field("last-modified", _is_past))),
    case("9110-8.8.3/etag", "an entity tag is quoted", get("/static/hello.txt"),
         expect=ok(field("etag", r'(W/)?"[!#-~]*"'))),
    case("9110-8.6/length", "Content-Length is the number of bytes", get("/bytes/1000"),
         expect=ok(field("content-length", "1000"),
                   has("1,000 bytes", lambda answer: len(answer.body) == 1000))),
    case("9112-4/reason", "the status line names the status", get("/plaintext"),
         expect=ok(has("OK", lambda answer: answer.reason in ("OK", "")))),

    # Codes.
    _status(200, "200 may have no content", "15.3.1"),
    _status(201, "201 says that something was made", "15.3.2"),
    _status(204, "204 has no content and no length", "15.3.5", body(b""), framing("none"),
            lacks("content-length", "transfer-encoding", "content-type")),
    _status(205, "205 has no content", "15.3.6", body(b"")),
    _status(304, "304 has no content", "15.4.5", body(b""), lacks("transfer-encoding")),
    _status(400, "400 keeps the connection where the request was whole", "15.5.1",
            nginx="ends the connection after any 400"),
    _status(404, "404 keeps the connection", "15.5.5"),
    _status(418, "a code that is not used has the meaning of its class", "15.5.19"),
    _status(500, "500 keeps the connection", "15.6.1", nginx="ends the connection after any 500"),
    _status(503, "503 keeps the connection", "15.6.4"),
    case("9110-15.2/no-interim-for-a-final-answer", "100 is no final answer", get("/status/100"),
         expect=either(error((400, 404, 422, 500)))),
    case("9110-15.2.2/no-switch-unasked", "101 is no final answer", get("/status/101"),
         expect=either(error((400, 404, 422, 500)))),
    case("9110-15/99", "a status has three digits from 100 to 599", get("/status/99"),
         expect=declined(400, 404, 422)),
    case("9110-15/1000", "a status has three digits", get("/status/1000"),
         expect=declined(400, 404, 422)),
    case("9110-15/no-number", "a status is a number", get("/status/ok"),
         expect=declined(400, 404, 422)),
    case("9110-15.4/redirect", "a redirect says where to", get("/redirect/2"),
         expect=stays(answer((302, 303, 307), field("location", r"(https?://[^/]+)?/redirect/1")))),
    case("9110-15.4/end-of-redirects", "redirects come to an end", get("/redirect/0"),
         expect=ok(lacks("location"))),
    case("9110-10.2.2/location-does-not-follow-host", "Location is not made from a foreign Host",
         get("/redirect/2", "X-Forwarded-Host: evil.example"),
         expect=stays(answer((302, 303, 307), field("location", lambda value,
                                                    _: "evil" not in value)))),

    # What is asked for and is not there.
    case("9110-15.5.5/bad-parameter", "a parameter of another type is 404", get("/users/abc"),
         expect=declined(404)),
    case("9110-15.5.5/parameter-too-large", "a parameter beyond u64 is 404",
         get("/users/18446744073709551616"), expect=declined(404), nginx="takes any digits"),
    case("9110-15.5.5/parameter-negative", "a parameter below u64 is 404", get("/users/-1"),
         expect=declined(404)),
    case("9110-15.5.21/bad-query", "a query of another type is 422", get("/search?q=a&page=b"),
         expect=declined(422),
         nginx="reads no query"),
    case("9110-15.6.1/panic", "a panic is 500, and the server lives on", get("/panic"),
         expect=either(error(500)),
         nginx="does not panic"),
    case("9110-15.6.1/panic-then-a-request", "a panic ends no other request",
         get("/panic") + get("/plaintext"),
         requests=2, expect=stays(error(500), answer(200, body(b"Hello, World!"))),
         nginx="does not panic"),
    case("9110-15.6.1/error", "an error is 500 and keeps the connection", get("/error"),
         expect=declined(500),
         nginx="has no handlers"),

    # Negotiation.
    *(
        case(f"9110-12.5.1/{name}", f"`Accept: {accept}`", get("/negotiate", f"Accept: {accept}"),
             expect=stays(answer(200, field("content-type", kind),
                                 field("vary", "(?i).*accept.*"))),
             nginx="negotiates nothing")
        for name, accept, kind in [
            ("json", "application/json", "application/json"),
            ("html", "text/html", "text/html.*"),
            ("text", "text/plain", "text/plain.*"),
            ("quality", "text/html;q=0.5, application/json", "application/json"),
            ("quality-turned", "application/json;q=0.5, text/html;q=0.6", "text/html.*"),
            ("wildcard-of-a-type", "text/html;q=0, text/*", "text/plain.*"),
            ("specific-wins", "*/*;q=0.1, text/plain", "text/plain.*"),
            ("zero", "application/json;q=0, text/plain;q=0.001", "text/plain.*"),
            ("case-insensitive", "APPLICATION/JSON", "application/json"),
            ("anything", "*/*", ".+/.+"),
        ]
    ),
    case("9110-12.5.1/nothing-fits", "what cannot be had is 406, or something else is sent",
         get("/negotiate", "Accept: image/png"), expect=declined(406), nginx="negotiates nothing"),
    case("9110-12.5.1/no-accept", "no Accept is any", get("/negotiate"),
         expect=ok(field("vary", "(?i).*accept.*")),
         nginx="negotiates nothing"),
    case("9110-6.4/headers", "a handler sees the fields of a request", get("/headers", "X-Test: 1"),
         expect=ok(is_json(lambda found: found.get("x-test") in ("1", ["1"])))),
]
