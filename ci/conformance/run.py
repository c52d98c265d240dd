#!/usr/bin/env python3
"""HTTP/1.1 as RFC 9110, 9112 and 9457 demand it, byte by byte, against `examples/conformance`.

    env $(ci/conformance/run.py --environment) conformance --port 8080 &
    ci/conformance/run.py --target 127.0.0.1:8080

Each case is also run against nginx, so that no expectation is only ours: where nginx shows
something else, the case says why. An excuse that is no longer needed fails the run, too.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter

import nginx
import settings
from cases import ALL
from subject import Subject

# How many connections are open at a time, so that no server is measured instead of read.
AT_A_TIME = 24
# How much of what was said is printed, in bytes.
SHOWN = 600


def main():
    """Runs what the command line asks for; returns the exit code."""
    arguments = _arguments()
    if arguments.environment:
        print("\n".join(f"{name}={value}" for name, value in settings.ENVIRONMENT.items()))
        return 0
    cases = [case for case in ALL if case.id.startswith(arguments.only)]
    if arguments.list:
        for case in cases:
            print(_line(case))
        return 0
    if doubles := [name for name, count in Counter(case.id for case in ALL).items() if count > 1]:
        print(f"two cases have one name: {doubles}")
        return 1
    subjects = []
    if arguments.target:
        subjects.append(Subject("target", _address(arguments.target), is_target=True))
    if arguments.nginx:
        return _run(cases, [*subjects, _reference(("127.0.0.1", arguments.nginx))])
    with nginx.running() as address:
        return _run(cases, [*subjects, _reference(address)])


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", metavar="HOST:PORT",
                        help="the server under test; without it nginx alone is asked")
    parser.add_argument("--only", metavar="PREFIX", default="",
                        help="cases whose names begin so, such as `9112-6`")
    parser.add_argument("--nginx", metavar="PORT", type=int,
                        help="an nginx that runs already, with the configuration of nginx.py")
    parser.add_argument("--list", action="store_true", help="list the cases and run none")
    parser.add_argument("--environment", action="store_true",
                        help="print the settings the target is started with")
    return parser.parse_args()


def _address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def _reference(address):
    return Subject("nginx", address, is_target=False)


def _run(cases, subjects):
    began = time.monotonic()
    try:
        verdicts = asyncio.run(_judge(cases, subjects))
    except ConnectionError as error:
        addresses = ", ".join(f"{subject.name} at {subject.address}" for subject in subjects)
        print(f"a server takes no connections ({addresses}): {error}")
        return 1
    for verdict in verdicts:
        if not verdict.is_good:
            print(_failure(verdict))
    for subject in subjects:
        kinds = Counter(verdict.kind for verdict in verdicts if verdict.subject is subject)
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        print(f"{subject.name}: {len(cases)} cases, {counts}")
    print(f"took {time.monotonic() - began:.1f} s")
    return 0 if all(verdict.is_good for verdict in verdicts) else 1


async def _judge(cases, subjects):
    await asyncio.gather(*(subject.learn() for subject in subjects))
    gate = asyncio.Semaphore(AT_A_TIME)

    async def judge(subject, case):
        async with gate:
            return await subject.judge(case)

    # The slowest first, so that nothing is waited for in the end.
    pairs = [(subject, case) for case in cases for subject in subjects]
    order = sorted(range(len(pairs)), key=lambda at: -pairs[at][1].seconds)
    verdicts = await asyncio.gather(*(judge(*pairs[at]) for at in order))
    return [verdict for _, verdict in sorted(zip(order, verdicts), key=lambda found: found[0])]


def _line(case):
    notes = [f"nginx: {case.nginx}"] if case.nginx else []
    notes += [f"hyper: {case.hyper.why}"] if case.hyper else []
    line = f"{case.id}  {case.section}: {case.claim}" + "".join(f" [{note}]" for note in notes)
    # Some claims quote what is sent, which may be anything.
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)


def _failure(verdict):
    case, wire = verdict.case, verdict.talk.wire
    lines = [f"FAIL {_line(case)}", f"  by    {verdict.subject.name}",
             f"  sent  {_shown(wire.sent)}", f"  got   {_shown(wire.got)}"]
    if verdict.kind == "stale":
        return "\n".join([*lines, "  which is as the standard wants it: the excuse can go"])
    for outcome, complaints in verdict.complaints:
        lines += [f"  want  {outcome}", *(f"        {complaint}" for complaint in complaints)]
    return "\n".join(lines)


def _shown(data):
    rest = f" and {len(data) - SHOWN} bytes more" if len(data) > SHOWN else ""
    return f"{bytes(data[:SHOWN])!r}{rest}"


if __name__ == "__main__":
    sys.exit(main())
