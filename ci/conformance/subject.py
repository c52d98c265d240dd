"""A server under test, what is known of it beforehand, and what a case shows of it."""

from dataclasses import dataclass, field

from answer import Malformed, parse_date, read_answer
from case import get
from talk import hold
from wire import Ended, Silence, Wire


@dataclass
class Facts:
    """What a server says of `/static/hello.txt`."""

    content: bytes = b""
    etag: str = '"unknown"'
    last_modified: str = "Sat, 01 Jan 2000 00:00:00 GMT"

    def names(self):
        """What stands for the facts in the bytes of a case."""
        date = parse_date(self.last_modified)
        return {
            "etag": self.etag,
            "bare_etag": self.etag.removeprefix("W/").strip('"'),
            "last_modified": self.last_modified,
            "rfc_850": date.strftime("%A, %d-%b-%y %H:%M:%S GMT"),
            "asctime": date.strftime("%a %b ") + f"{date.day:2}" + date.strftime(" %H:%M:%S %Y"),
            "size": len(self.content),
        }


@dataclass
class Subject:
    """A server, by its address."""

    name: str
    address: tuple
    # Whether it is the one that is tested, rather than the one that is compared with.
    is_target: bool
    facts: Facts = field(default_factory=Facts)

    async def learn(self):
        """Asks for the facts; a server without the file keeps made-up ones, and fails the cases."""
        wire = await Wire.open(self.address)
        wire.send(get("/static/hello.txt"))
        try:
            answer = await read_answer(wire, "GET")
        except (Ended, Malformed, Silence):
            return
        finally:
            await wire.close()
        facts = (answer.body, answer.one("etag"), answer.one("last-modified"))
        if answer.status == 200 and all(facts):
            self.facts = Facts(*facts)

    async def judge(self, case):
        """Runs a case, and says what came of it."""
        talk = await hold(self.address, case, self.facts)
        agrees, complaints = self._compare(talk, case.expect)
        is_left = False
        if case.hyper and self.is_target and not agrees:
            is_left, more = self._compare(talk, [case.hyper.outcome])
            complaints += more
        return Verdict(case, self, talk, complaints, agrees, is_left)

    def _compare(self, talk, outcomes):
        """Whether one of the outcomes is what came, and what is wrong with each."""
        complaints = [(outcome, talk.faults + outcome.complaints(talk,
                                                                 self)) for outcome in outcomes]
        return not all(wrong for _, wrong in complaints), complaints


@dataclass
class Verdict:
    """What a case shows of a server."""

    case: object
    subject: Subject
    talk: object
    # What is wrong with it, for each outcome that it was compared with.
    complaints: list
    # Whether it is what the standards and Purlin's own promises allow.
    agrees: bool
    # Whether it is what is left to hyper.
    is_left: bool

    @property
    def kind(self):
        """`agrees`, `left` to hyper, `differs` for a reason, or `fails`."""
        excuse = self.case.hyper if self.subject.is_target else self.case.nginx
        if self.agrees:
            return "stale" if excuse else "agrees"
        if self.subject.is_target:
            return "left" if self.is_left else "fails"
        return "differs" if excuse else "fails"

    @property
    def is_good(self):
        """Whether nobody has to look at it."""
        return self.kind in ("agrees", "left", "differs")
