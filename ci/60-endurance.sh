#!/usr/bin/env bash
# What a server has to bear: slow clients (slowhttptest, from Debian's package), 10,000 idle ones,
# rude ones, too many, and its own end under load (S-012, S-246, S-284, S-285). All of it in a short
# form; `ci/endurance/run.py` without `--quick` has the long one, and an hour of `soak`.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/library.bash

if ! command -v slowhttptest >/dev/null || ! ldconfig -p | grep -q libjemalloc; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq slowhttptest libjemalloc2 >/dev/null
fi
python3 ci/endurance/run.py "$(built conformance)" --quick
