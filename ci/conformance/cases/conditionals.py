"""Conditional requests for a file with an entity tag and a date."""

from case import case, get, head
from expect import allows, answer, body, body_of, declined, error, field, lacks, ok, stays

FILE = "/static/hello.txt"
WHOLE = ok(body_of(lambda facts: facts.content))


def _length_of_the_whole(answer, facts):
    """RFC 9110 §8.6: the length in 304 is that of 200, or there is none."""
    length = answer.one("content-length")
    is_good = length in (None, str(len(facts.content)))
    return None if is_good else f"`content-length` is `{length}`"


# 304 has what a cache needs (RFC 9110 §15.4.5).
UNCHANGED = stays(answer(304, body(b""), field("etag", lambda value, facts: value == facts.etag),
                         lacks("transfer-encoding", "content-range"), _length_of_the_whole))
FAILED = stays(error(412))
_ENDS = "ends the connection after 412, unannounced"
PAST = "Sat, 01 Jan 2000 00:00:00 GMT"
FUTURE = "Fri, 31 Dec 2100 23:59:59 GMT"


def _asked(id, claim, *lines, expect, method="GET", path=FILE, **more):
    """`{etag}` and the like stand for the facts of the server."""
    def request(facts):
        return head(method, path, *(line.format(**facts.names()) for line in lines))
    return case(f"9110-{id}", claim, request, methods=(method,), expect=expect, **more)


CASES = [
    # If-Match
    _asked("13.1.1/same", "the same entity tag matches", "If-Match: {etag}", expect=WHOLE),
    _asked("13.1.1/any", "`*` matches what exists", "If-Match: *", expect=WHOLE),
    _asked("13.1.1/other", "another entity tag fails", 'If-Match: "other"', expect=FAILED,
           nginx=_ENDS),
    _asked("13.1.1/list", "one entity tag of a list suffices", 'If-Match: "other", {etag}',
           expect=WHOLE),
    _asked("13.1.1/list-of-others", "a list of other entity tags fails",
           'If-Match: "other", "another"', expect=FAILED, nginx=_ENDS),
    _asked("13.1.1/weak", "a weak entity tag never matches", "If-Match: W/{etag}", expect=FAILED,
           nginx=_ENDS),
    _asked("13.1.1/head", "HEAD has conditions, too", 'If-Match: "other"', method="HEAD",
           expect=FAILED, nginx=_ENDS),

    # If-None-Match
    _asked("13.1.2/same", "the same entity tag is 304", "If-None-Match: {etag}", expect=UNCHANGED),
    _asked("13.1.2/any", "`*` is 304 for what exists", "If-None-Match: *", expect=UNCHANGED),
    _asked("13.1.2/other", "another entity tag is 200", 'If-None-Match: "other"', expect=WHOLE),
    _asked("13.1.2/list", "one entity tag of a list suffices",
           'If-None-Match: "other", {etag}, "another"', expect=UNCHANGED),
    _asked("13.1.2/list-without-spaces", "one entity tag of a list suffices",
           'If-None-Match: "other",{etag}', expect=UNCHANGED),
    _asked("13.1.2/two-lines", "a list may stand on two lines", 'If-None-Match: "other"',
           "If-None-Match: {etag}", expect=UNCHANGED,
           nginx="reads one line"),
    _asked("13.1.2/weak", "a weak entity tag matches weakly", "If-None-Match: W/{etag}",
           expect=UNCHANGED),
    _asked("13.1.2/comma-inside", "an entity tag may have a comma", 'If-None-Match: "a,b", {etag}',
           expect=UNCHANGED),
    _asked("13.1.2/head", "HEAD has conditions, too", "If-None-Match: {etag}", method="HEAD",
           expect=UNCHANGED),
    _asked("13.1.2/unquoted", "an entity tag is quoted", "If-None-Match: {bare_etag}",
           expect=[WHOLE, declined(400)]),

    # If-Modified-Since
    _asked("13.1.3/same", "the same date is 304", "If-Modified-Since: {last_modified}",
           expect=UNCHANGED),
    _asked("13.1.3/older", "an older date is 200", f"If-Modified-Since: {PAST}", expect=WHOLE),
    _asked("13.1.3/newer", "a newer date is 304, or is not believed",
           f"If-Modified-Since: {FUTURE}", expect=[UNCHANGED, WHOLE]),
    _asked("13.1.3/no-date", "what is no date is ignored", "If-Modified-Since: yesterday",
           expect=WHOLE),
    _asked("13.1.3/empty", "what is no date is ignored", "If-Modified-Since:", expect=WHOLE),
    _asked("13.1.3/number", "what is no date is ignored", "If-Modified-Since: 9999999999",
           expect=WHOLE),
    _asked("5.6.7/rfc-850-date", "dates of RFC 850 are understood", "If-Modified-Since: {rfc_850}",
           expect=UNCHANGED),
    _asked("5.6.7/asctime-date", "dates of asctime are understood", "If-Modified-Since: {asctime}",
           expect=UNCHANGED),
    _asked("13.1.3/head", "HEAD has conditions, too", "If-Modified-Since: {last_modified}",
           method="HEAD", expect=UNCHANGED),
    _asked("13.1.3/beside-an-entity-tag", "with If-None-Match it is ignored",
           'If-None-Match: "other"',
           "If-Modified-Since: {last_modified}", expect=WHOLE),
    _asked("13.1.3/beside-the-same-entity-tag", "with If-None-Match it is ignored",
           "If-None-Match: {etag}",
           f"If-Modified-Since: {PAST}", expect=UNCHANGED, nginx="looks at both"),

    # If-Unmodified-Since
    _asked("13.1.4/same", "the same date is 200", "If-Unmodified-Since: {last_modified}",
           expect=WHOLE),
    _asked("13.1.4/older", "an older date fails", f"If-Unmodified-Since: {PAST}", expect=FAILED,
           nginx=_ENDS),
    _asked("13.1.4/newer", "a newer date is 200", f"If-Unmodified-Since: {FUTURE}", expect=WHOLE),
    _asked("13.1.4/no-date", "what is no date is ignored", "If-Unmodified-Since: yesterday",
           expect=WHOLE,
           nginx="takes what is no date for an old one"),
    _asked("13.1.4/beside-an-entity-tag", "with If-Match it is ignored", "If-Match: {etag}",
           f"If-Unmodified-Since: {PAST}", expect=WHOLE, nginx="looks at both"),

    # Which first, and when.
    _asked("13.2.2/match-before-none-match", "If-Match fails before If-None-Match is looked at",
           'If-Match: "other"', "If-None-Match: {etag}", expect=FAILED, nginx=_ENDS),
    _asked("13.2.2/match-then-none-match", "If-None-Match is looked at after If-Match",
           "If-Match: {etag}", "If-None-Match: {etag}", expect=UNCHANGED),
    _asked("13.2.2/unmodified-then-none-match",
           "If-None-Match is looked at after If-Unmodified-Since",
           "If-Unmodified-Since: {last_modified}", "If-None-Match: {etag}", expect=UNCHANGED),
    _asked("13.2.1/of-nothing", "conditions change no 404", "If-None-Match: *",
           path="/static/nothing.txt",
           expect=declined(404)),
    _asked("13.2.1/match-of-nothing", "conditions change no 404", 'If-Match: "other"',
           path="/static/nothing.txt",
           expect=declined(404)),
    _asked("13.2.1/wrong-method", "conditions change no 405", "If-None-Match: *",
           "Content-Length: 0", method="POST",
           expect=stays(error(405, allows("GET", "HEAD", "OPTIONS"))), nginx="405 without Allow"),
    _asked("13.2.1/range-of-what-is-unchanged", "304 comes before a range", "If-None-Match: {etag}",
           "Range: bytes=0-4",
           expect=UNCHANGED),
    case("9110-13.2.1/of-a-redirect", "conditions change no redirect",
         get("/redirect/2", "If-None-Match: *"),
         expect=stays(answer((302, 303, 307)))),
]
