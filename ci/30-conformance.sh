#!/usr/bin/env bash
# HTTP/1.1 by RFC section over raw sockets, against the conformance example and, so that the
# expectations stay honest, against nginx. What the suite leaves to hyper is listed by
# `ci/conformance/run.py --list`; an excuse that is not needed any more fails the run.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/library.bash

python3 ci/conformance/test_strictness.py

WORK=$(workspace)
conformance=$(realpath "$(built conformance)")
suite=$PWD/ci/conformance
cp examples/conformance/purlin.toml "$WORK/"
cd "$WORK"
mapfile -t environment < <(python3 "$suite/run.py" --environment)
start "$WORK/server.log" env "${environment[@]}" "$conformance"
python3 "$suite/run.py" --target "${URL#http://}"
