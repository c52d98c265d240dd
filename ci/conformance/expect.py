"""What a case allows: outcomes, each of which says all answers of a connection and its end.

A case has a set of outcomes, because the standards often leave a choice; an outcome itself is
exact. Checks are functions of an answer and the facts of a server that return what is wrong, or
None.
"""

import json
import re
from dataclasses import dataclass

from answer import Malformed

OPEN, CLOSED, EITHER = "open", "closed", "either"


@dataclass(frozen=True)
class Shape:
    """What one answer is like."""

    statuses: tuple
    checks: tuple = ()
    # What Purlin promises beyond the standards: "problem" for a problem document (RFC 9457),
    # "bare" for no content at all. Other servers promise neither.
    house: str | None = None
    is_truncated: bool = False

    def __str__(self):
        text = "/".join(map(str, self.statuses))
        return f"{text} {'cut off' if self.is_truncated else self.house or ''}".strip()

    def complaints(self, answer, subject):
        """What is wrong with an answer."""
        if answer.status not in self.statuses:
            return [f"the status is {answer.status}"]
        if answer.is_truncated != self.is_truncated:
            return [f"the answer is {'cut off' if answer.is_truncated else 'whole'}"]
        checks = self.checks
        if subject.is_target and self.house:
            checks += ({"problem": is_problem, "bare": is_bare}[self.house],)
        try:
            wrong = [check(answer, subject.facts) for check in checks]
        except Malformed as fault:
            return [str(fault)]
        return [complaint for complaint in wrong if complaint]


@dataclass(frozen=True)
class Outcome:
    """All answers of a connection, and whether it can be used further."""

    shapes: tuple
    end: str
    # Whether the connection may end without an announcement.
    is_quiet: bool = False

    def __str__(self):
        answers = ", ".join(map(str, self.shapes)) or "no answer"
        return f"{answers}, then {self.end}"

    def complaints(self, talk, subject):
        """What of a conversation is not this outcome."""
        if len(talk.answers) != len(self.shapes):
            return [f"{len(talk.answers)} answers came: {[a.status for a in talk.answers]}"]
        wrong = []
        for shape, answer in zip(self.shapes, talk.answers):
            wrong += shape.complaints(answer, subject)
        if talk.end != self.end and (self.end != EITHER or talk.end not in (OPEN, CLOSED)):
            wrong.append(f"the connection is {talk.end}")
        return wrong if self.is_quiet else wrong + _unannounced(talk)


@dataclass(frozen=True)
class FewerThan:
    """The connection is cut before all answers are out, the last of them wherever it is."""

    count: int

    def __str__(self):
        return f"fewer than {self.count} answers, then closed"

    def complaints(self, talk, _):
        """What of a conversation is not this outcome."""
        whole = [answer for answer in talk.answers if not answer.is_truncated]
        wrong = [f"{len(whole)} answers came"] if len(whole) >= self.count else []
        return wrong if talk.end in (CLOSED, "cut") else [*wrong, f"the connection is {talk.end}"]


def _unannounced(talk):
    """RFC 9112 §9.6: a server that closes says so in its last answer."""
    last = talk.answers[-1] if talk.answers else None
    may_say = last and not last.is_truncated and last.version == "1.1" and not talk.is_left
    if talk.end == CLOSED and may_say and not last.closes():
        return ["the last answer does not say `Connection: close` (RFC 9112 §9.6)"]
    return []


@dataclass(frozen=True)
class Left:
    """What Purlin leaves to hyper: an outcome that only the target may show, and why."""

    why: str
    outcome: Outcome


def answer(status, *checks):
    """An answer with one of these statuses."""
    return Shape(status if isinstance(status, tuple) else (status,), checks)


def error(status, *checks):
    """An error, which Purlin explains in a problem document."""
    return Shape(status if isinstance(status, tuple) else (status,), checks, house="problem")


def cut_off(status):
    """An answer that the server breaks off, so that nobody takes it for a whole one."""
    return Shape((status,), is_truncated=True)


def stays(*shapes):
    """These answers, and the connection serves further requests."""
    return Outcome(shapes, OPEN)


def ends(*shapes):
    """These answers, and nothing of what follows is taken for a request."""
    return Outcome(shapes, CLOSED)


def either(*shapes):
    """These answers, and the connection may stay or end."""
    return Outcome(shapes, EITHER)


def ok(*checks):
    """200, and the connection serves further requests."""
    return stays(answer(200, *checks))


def refused(*statuses):
    """The message cannot be trusted: an error, and the connection ends."""
    return ends(error(statuses))


def declined(*statuses):
    """The message is fine and its wish is not: an error, and the connection goes on."""
    return stays(error(statuses))


def rejected(*statuses):
    """An error, after which the connection may go on or end."""
    return either(error(statuses))


def bare(status):
    """An error without content, and the connection ends."""
    return ends(Shape((status,), house="bare"))


SILENCE = Outcome((), CLOSED)

# Heads that hyper's parser refuses never reach Purlin.
PARSER = Left("hyper's parser refuses the head, without a document", bare(400))
TOO_LARGE = Left("hyper's parser refuses the head, without a document", bare(431))


def body(wanted):
    """The content is exactly this."""
    def check(answer, _):
        if answer.body != wanted:
            return f"the content is {answer.body[:80]!r}, {len(answer.body)} bytes"
    return check


def body_of(wanted):
    """The content is what a function makes of the facts of the server."""
    return lambda answer, facts: body(wanted(facts))(answer, facts)


def field(name, wanted):
    """A field stands, with this value, or with one that matches a pattern or a function."""
    def check(answer, facts):
        value = answer.one(name)
        if value is None:
            return f"`{name}` is missing"
        is_good = wanted(value, facts) if callable(wanted) else re.fullmatch(wanted, value)
        return None if is_good else f"`{name}` is `{value}`"
    return check


def lists(name, *wanted):
    """A field that is a list has these members, whatever else."""
    def check(answer, _):
        missing = {member.lower() for member in wanted} - set(answer.items(name))
        return f"`{name}` lacks {sorted(missing)}" if missing else None
    return check


def allows(*methods):
    """`Allow` names exactly these methods."""
    def check(answer, _):
        listed = answer.items("allow")
        if sorted(listed) != sorted(method.lower() for method in methods):
            return f"`Allow` is {listed}"
    return check


def lacks(*names):
    """None of these fields stands."""
    def check(answer, _):
        present = [name for name in names if answer.one(name) is not None]
        return f"{present} stand" if present else None
    return check


def has(what, wanted):
    """It is so, in words and as a function of the answer."""
    def check(answer, _):
        return None if wanted(answer) else f"it has not: {what}"
    return check


def framing(*wanted):
    """The end of the content is found in this way."""
    def check(answer, _):
        return None if answer.framing in wanted else f"the framing is `{answer.framing}`"
    return check


def interim(*counts):
    """So many interim answers came before it, all of them 100."""
    def check(answer, _):
        statuses = [early.status for early in answer.interim]
        if len(statuses) not in counts or set(statuses) - {100}:
            return f"the interim answers are {statuses}"
    return check


def is_json(where):
    """The content is JSON for which this holds."""
    def check(answer, _):
        try:
            value = json.loads(answer.body)
        except ValueError as error:
            return f"the content is no JSON: {error}"
        return None if where(value) else f"the content is {json.dumps(value)[:200]}"
    return check


def is_bare(answer, _):
    """It has no content."""
    return f"there is content: {answer.body[:80]!r}" if answer.body else None


def is_problem(answer, _):
    """It is a problem document (RFC 9457 §3) that agrees with the answer it comes in."""
    kind = (answer.one("content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/problem+json":
        return f"the content is `{kind or 'nothing'}`, no problem document"
    if not answer.body:
        is_head = (answer.one("content-length") or "0") != "0"
        return None if is_head else "the problem document is empty"
    try:
        document = json.loads(answer.body)
    except ValueError as error:
        return f"the problem document is no JSON: {error}"
    wrong = [
        name
        for name in ("type", "title", "code", "detail")
        # Why a server failed is not for its clients.
        if not isinstance(document.get(name,
                                       "" if name == "detail" and answer.status >= 500 else None),
                          str)
    ]
    if document.get("status") != answer.status:
        wrong.append("status")
    return f"the problem document has no good {wrong}: {document}" if wrong else None
