#!/usr/bin/env bash
# The example's pages in headless Chromium, from Debian's package: see client/pages.mjs.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/library.bash

if ! command -v chromium >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
tools=$(cache api-tools)
cp ci/client/package.json ci/client/pages.mjs "$tools/"
(cd "$tools" && npm install --silent --no-audit --no-fund)

start_bookshelf "$(workspace)"
node "$tools/pages.mjs" "$URL" "${SCREENSHOTS:-}"
