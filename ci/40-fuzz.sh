#!/usr/bin/env bash
# Every fuzz target for a few seconds, from the inputs that were found before: see fuzz/README.md for
# longer runs.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --manifest-path fuzz/Cargo.toml --check
cargo xtask fuzz --seconds 5
