"""Reads answers off the wire as RFC 9112 writes them, and forgives nothing.

What any answer must hold, whoever asked what, is checked here; what one case wants is in
`expect.py`.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone

from wire import Ended

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-5][0-9][0-9]) ([\t \x21-\x7e\x80-\xff]*)")
_VALUE = rb"[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?"
_FIELD_LINE = re.compile(rb"(%s):[ \t]*((?:%s)?)[ \t]*" % (_TOKEN, _VALUE))
_EXTENSION = rb';%s(?:=(?:%s|"[^"\r\n]*"))?' % (_TOKEN, _TOKEN)
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)(?:%s)*" % _EXTENSION)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_IMF_FIXDATE = re.compile(r"(\w{3}), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")

# Fields that stand at most once (RFC 9110 §5.3 and the definition of each).
_SINGLE = {
    "age", "content-length", "content-location", "content-range",
    "content-type", "date", "etag", "expires", "last-modified", "location", "retry-after",
    "server", "transfer-encoding",
}
# Fields that are never trailers (RFC 9110 §6.5.1).
_NEVER_TRAILERS = {
    "authorization", "connection", "content-encoding", "content-length", "content-range",
    "content-type", "date", "host", "set-cookie", "trailer", "transfer-encoding",
}


class Malformed(Exception):
    """What the server sent is no answer."""


@dataclass
class Answer:
    """A final answer, with the interim ones before it."""

    version: str
    status: int
    reason: str
    fields: list
    body: bytes = b""
    trailers: list = field(default_factory=list)
    framing: str = "none"
    interim: list = field(default_factory=list)
    # Whether the connection ended before the body did.
    is_truncated: bool = False

    def all(self, name):
        """The values of a field, in their order."""
        return [value for known, value in self.fields if known == name]

    def one(self, name):
        """The first value of a field."""
        return next(iter(self.all(name)), None)

    def items(self, name):
        """The members of a field that is a list, in lower case."""
        members = ",".join(self.all(name)).split(",")
        return [member.strip().lower() for member in members if member.strip()]

    def closes(self):
        """Whether it announces that it is the last one of the connection."""
        return "close" in self.items("connection")


async def read_answer(wire, method):
    """Reads the answer to a request with this method, and the interim answers before it."""
    interim = []
    while (answer := await _read_head(wire)).status < 200:
        _check_interim(answer)
        interim.append(answer)
    answer.interim = interim
    _check_head(answer, method)
    try:
        await _read_body(wire, answer, method)
    except Ended:
        answer.is_truncated = True
        answer.body += await wire.rest()
    return answer


async def read_interim(wire):
    """Reads one interim answer."""
    answer = await _read_head(wire)
    if answer.status >= 200:
        raise Malformed(f"{answer.status} came where 100 was waited for")
    _check_interim(answer)
    return answer


def parse_date(text):
    """Reads an IMF-fixdate (RFC 9110 §5.6.7), the only form that may be sent."""
    match = _IMF_FIXDATE.fullmatch(text or "")
    if not match or match[1] not in _DAYS or match[3] not in _MONTHS:
        raise Malformed(f"`{text}` is no IMF-fixdate")
    month = _MONTHS.index(match[3]) + 1
    numbers = [int(match[4]), month, *(int(match[at]) for at in (2, 5, 6, 7))]
    try:
        date = datetime(*numbers, tzinfo=timezone.utc)
    except ValueError as error:
        raise Malformed(f"`{text}` is no date: {error}") from None
    if _DAYS[date.weekday()] != match[1]:
        raise Malformed(f"`{text}` is on another day of the week")
    return date


async def _read_head(wire):
    await wire.something()
    match = _STATUS_LINE.fullmatch(await _read_line(wire))
    if not match:
        raise Malformed("the status line is none (RFC 9112 §4)")
    return Answer(match[1].decode(), int(match[2]), match[3].decode("latin-1"),
                  await _read_fields(wire))


async def _read_fields(wire):
    fields = []
    while line := await _read_line(wire):
        match = _FIELD_LINE.fullmatch(line)
        if not match:
            raise Malformed(f"{line!r} is no field line (RFC 9112 §5)")
        fields.append((match[1].decode().lower(), match[2].decode("latin-1")))
    return fields


async def _read_line(wire):
    line = await wire.line()
    if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
        raise Malformed(f"{line!r} does not end with CRLF (RFC 9112 §2.2)")
    return line[:-2]


def _check_interim(answer):
    if answer.status == 101:
        raise Malformed("101 came, and no upgrade was asked for that exists (RFC 9110 §7.8)")
    if answer.all("content-length") or answer.all("transfer-encoding"):
        raise Malformed("an interim answer has a length (RFC 9110 §8.6, RFC 9112 §6.1)")


def _check_head(answer, method):
    for name in _SINGLE:
        if len(answer.all(name)) > 1:
            raise Malformed(f"`{name}` stands more than once")
    length, coding = answer.one("content-length"), answer.one("transfer-encoding")
    if length is not None and not re.fullmatch("[0-9]+", length):
        raise Malformed(f"`Content-Length: {length}` is no number (RFC 9110 §8.6)")
    if length is not None and coding is not None:
        raise Malformed("both Content-Length and Transfer-Encoding stand (RFC 9112 §6.2)")
    if coding is not None and coding.lower() != "chunked":
        raise Malformed(f"`Transfer-Encoding: {coding}` was not asked for (RFC 9112 §7.4)")
    if answer.status == 204 and (length or coding):
        raise Malformed("204 has a length (RFC 9110 §8.6, RFC 9112 §6.1)")
    # RFC 9110 §6.6.1 leaves 5xx free to have none.
    if answer.status < 500 or answer.all("date"):
        parse_date(answer.one("date"))
    has_content = method != "HEAD" and answer.status not in (204, 304) and length != "0"
    if has_content and (length or coding) and not answer.one("content-type"):
        raise Malformed("content has no Content-Type (RFC 9110 §8.3)")


async def _read_body(wire, answer, method):
    if method == "HEAD" or answer.status in (204, 304):
        return
    if answer.one("transfer-encoding"):
        answer.framing = "chunked"
        await _read_chunks(wire, answer)
    elif (length := answer.one("content-length")) is not None:
        answer.framing = "length"
        answer.body = await wire.exactly(int(length))
    else:
        answer.framing = "close"
        answer.body = await wire.rest()


async def _read_chunks(wire, answer):
    while True:
        match = _CHUNK_LINE.fullmatch(line := await _read_line(wire))
        if not match:
            raise Malformed(f"{line!r} is no size of a chunk (RFC 9112 §7.1)")
        size = int(match[1], 16)
        if size == 0:
            break
        answer.body += await wire.exactly(size)
        if await wire.exactly(2) != b"\r\n":
            raise Malformed("a chunk is longer than its size (RFC 9112 §7.1)")
    answer.trailers = await _read_fields(wire)
    for name, _ in answer.trailers:
        if name in _NEVER_TRAILERS:
            raise Malformed(f"`{name}` is a trailer (RFC 9110 §6.5.1)")
