#!/usr/bin/env python3
"""What a server has to bear: slow clients, idle ones, rude ones, too many, its end, a long time.

    cargo build --release --package conformance
    ci/endurance/run.py target/release/conformance                   # all but the last
    ci/endurance/run.py target/release/conformance --quick           # the same in less time
    ci/endurance/run.py target/release/conformance soak --minutes 60

Prints a line per check, and fails when one was missed. slowhttptest and libjemalloc2 are Debian's.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

import harm
import idle
import overload
import slow
import soak
import stop
from checks import Checks

MODES = {"slow": slow.run, "idle": idle.run, "harm": harm.run, "overload": overload.run,
         "stop": stop.run}


def main():
    """Runs what the command line asks for; returns the exit code."""
    arguments = _arguments()
    # So that the servers end, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binary = arguments.binary.resolve()
    checks, began = Checks(), time.monotonic()
    for mode in arguments.modes or MODES:
        if mode == "soak":
            soak.run(checks, binary, arguments.minutes)
        else:
            MODES[mode](checks, binary, arguments.quick)
    took = time.monotonic() - began
    print(f"{checks.made} checks, {len(checks.missed)} missed, in {took:.0f} s")
    for name in checks.missed:
        print(f"missed: {name}")
    return 1 if checks.missed else 0


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path, help="the built example `conformance`")
    parser.add_argument("modes", nargs="*", metavar="MODE",
                        help=f"{', '.join(MODES)} or soak; all but soak by default")
    parser.add_argument("--quick", action="store_true",
                        help="shorter limits, and fewer clients and repetitions")
    parser.add_argument("--minutes", type=float, default=60, help="how long soak takes")
    arguments = parser.parse_args()
    if unknown := set(arguments.modes) - {*MODES, "soak"}:
        parser.error(f"no such mode: {', '.join(unknown)}")
    if not arguments.binary.is_file():
        parser.error(f"{arguments.binary} is not there; `cargo build -p conformance` builds it")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
