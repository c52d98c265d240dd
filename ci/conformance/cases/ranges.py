"""Ranges of a file, in bytes."""

import re

from case import case, get, head
from cases.conditionals import FILE, PAST
from expect import answer, body, body_of, declined, error, field, is_json, lacks, ok, stays

WHOLE = ok(body_of(lambda facts: facts.content), lacks("content-range"))
UNSATISFIED = field("content-range", lambda value, facts: value == f"bytes */{len(facts.content)}")
NOT_SATISFIABLE = stays(error(416, UNSATISFIED))
FULL_LENGTH = field("content-length", lambda value, facts: value == str(len(facts.content)))


def _range(first, last):
    """206 with these bytes; negative numbers count from the end, as in Python."""
    def ends(facts):
        size = len(facts.content)
        return first % size, min(last % size if last < 0 else last, size - 1)

    def content(facts):
        start, end = ends(facts)
        return facts.content[start : end + 1]

    def named(value, facts):
        start, end = ends(facts)
        return value == f"bytes {start}-{end}/{len(facts.content)}"

    return stays(answer(206, body_of(content), field("content-range", named),
                        field("etag", lambda value, facts: value == facts.etag)))


def _parts(*wanted):
    """206 with these parts, each of them under its own head (RFC 9110 §14.6)."""
    def check(answer, facts):
        kind = re.fullmatch(r'multipart/byteranges; ?boundary="?([^"]+)"?',
                            answer.one("content-type") or "")
        if not kind:
            return f"the content is `{answer.one('content-type')}`"
        if answer.one("content-range"):
            return "Content-Range stands beside the parts"
        pieces = (b"\r\n" + answer.body).split(b"\r\n--" + kind[1].encode())
        if not pieces[-1].startswith(b"--"):
            return "the last part is not closed"
        if len(pieces) != len(wanted) + 2:
            return f"there are {len(pieces) - 2} parts"
        for piece, (first, last) in zip(pieces[1:-1], wanted):
            fields, _, content = piece.partition(b"\r\n\r\n")
            if content != facts.content[first : last + 1]:
                return f"a part is {content[:40]!r}"
            range = f"content-range: bytes {first}-{last}/{len(facts.content)}"
            if range.encode() not in fields.lower():
                return f"a part has the head {fields!r}"
        return None
    return stays(answer(206, check))


def _asked(name, value, *lines, expect, section="14.1.2", method="GET", **more):
    def request(facts):
        asked = () if value is None else (f"Range: {value.format(**facts.names())}",)
        return head(method, FILE, *asked, *(line.format(**facts.names()) for line in lines))
    claim = f"`Range: {value}`" + "".join(f" and `{line}`" for line in lines)
    return case(f"9110-{section}/{name}", claim, request, methods=(method,), expect=expect, **more)


def _if_range(name, line, expect, **more):
    return _asked(name, "bytes=0-4", line, section="13.1.5", expect=expect, **more)


CASES = [
    # One range.
    _asked("first", "bytes=0-4", expect=_range(0, 4)),
    _asked("middle", "bytes=10-19", expect=_range(10, 19)),
    _asked("one-byte", "bytes=0-0", expect=_range(0, 0)),
    _asked("from-on", "bytes=5-", expect=_range(5, -1)),
    _asked("from-0-on", "bytes=0-", expect=[_range(0, -1), WHOLE]),
    _asked("last-bytes", "bytes=-5", expect=_range(-5, -1)),
    _asked("last-byte", "bytes=-1", expect=_range(-1, -1)),
    _asked("more-than-there-is", "bytes=10-99999", expect=_range(10, 99999)),
    _asked("more-last-bytes-than-there-are", "bytes=-99999", expect=[_range(0, -1), WHOLE]),
    _asked("end-beyond-64-bits", "bytes=0-99999999999999999999999",
           expect=[_range(0, -1), WHOLE, NOT_SATISFIABLE]),
    _asked("unit-in-upper-case", "BYTES=0-4", expect=_range(0, 4), section="14.1"),
    _asked("whitespace-around-a-range", "bytes= 0-4 ",
           expect=[_range(0, 4), WHOLE, NOT_SATISFIABLE]),

    # None that can be had.
    _asked("behind-the-end", "bytes={size}-", expect=NOT_SATISFIABLE, section="15.5.17"),
    _asked("far-behind-the-end", "bytes=99999-", expect=NOT_SATISFIABLE, section="15.5.17"),
    _asked("start-beyond-64-bits", "bytes=99999999999999999999999-",
           expect=[NOT_SATISFIABLE, WHOLE], section="15.5.17"),
    _asked("no-last-bytes", "bytes=-0", expect=[NOT_SATISFIABLE, WHOLE], section="15.5.17"),
    _asked("none-of-several", "bytes=99999-,88888-", expect=NOT_SATISFIABLE, section="15.5.17"),

    # What is no range.
    _asked("other-unit", "lines=0-4", expect=WHOLE, section="14.2"),
    _asked("backwards", "bytes=4-0", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("no-numbers", "bytes=a-b", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("hyphen-alone", "bytes=-", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("nothing-after-the-unit", "bytes=", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("no-equals-sign", "bytes 0-4", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("empty", "", expect=WHOLE, section="14.1.1"),
    _asked("sign", "bytes=+0-4", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("two-hyphens", "bytes=0--4", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),
    _asked("good-and-bad", "bytes=0-4,x", expect=[WHOLE, NOT_SATISFIABLE], section="14.1.1"),

    # Several ranges: parts, or the whole, which is always allowed.
    _asked("two", "bytes=0-1,10-14", expect=[_parts((0, 1), (10, 14)), WHOLE], section="14.6"),
    _asked("three-with-spaces", "bytes=0-0, 2-2 , 4-4",
           expect=[_parts((0, 0), (2, 2), (4, 4)), WHOLE], section="14.6"),
    _asked("one-of-two", "bytes=0-4,99999-", expect=[_range(0, 4), _parts((0, 4)), WHOLE],
           section="14.6"),
    _asked("touching", "bytes=0-4,5-9", expect=[_parts((0, 4), (5, 9)), _range(0, 9), WHOLE],
           section="14.6"),
    _asked("overlapping-often", "bytes=" + ",".join(["0-"] * 300), section="14.2",
           expect=[WHOLE, NOT_SATISFIABLE, _range(0, -1)]),
    _asked("1000-of-them", "bytes=" + ",".join(f"{at % 9}-{at % 9}" for at in range(1000)),
           section="14.2",
           expect=[WHOLE, NOT_SATISFIABLE]),

    # Where ranges mean nothing.
    _asked("head", "bytes=0-4", method="HEAD", section="14.2",
           expect=stays(answer(200, lacks("content-range"), FULL_LENGTH)),
           nginx="takes ranges for HEAD"),
    case("9110-14.2/dynamic", "a range of what is made per request may be ignored",
         get("/json", "Range: bytes=0-4"),
         expect=[ok(is_json(lambda found: "message" in found)),
                 stays(answer(206, body(b'{"mes')))]),
    case("9110-14.2/of-nothing", "a range changes no 404",
         get("/static/nothing.txt", "Range: bytes=0-4"),
         expect=declined(404)),
    _asked("announced", None, section="14.3", expect=ok(field("accept-ranges", "bytes"))),

    # If-Range.
    _if_range("same", "If-Range: {etag}", _range(0, 4)),
    _if_range("other", 'If-Range: "other"', WHOLE),
    _if_range("weak", "If-Range: W/{etag}", WHOLE),
    _if_range("same-date", "If-Range: {last_modified}", [_range(0, 4), WHOLE]),
    _if_range("older-date", f"If-Range: {PAST}", WHOLE),
    _if_range("no-date", "If-Range: yesterday", WHOLE),
    _asked("without-range", None, "If-Range: {etag}", section="13.1.5", expect=WHOLE),
    _asked("other-behind-the-end", "bytes=99999-", 'If-Range: "other"', section="13.1.5",
           expect=WHOLE),
]
