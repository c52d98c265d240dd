#!/usr/bin/env bash
# All pages there are, those of failing requests included, in headless Chromium, from Debian's package:
# see client/pages.mjs (S-090, S-236).
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

work=$(workspace)
start_bookshelf "$work"
bookshelf=$URL
# Its handlers fail, and it leaves the answer to Purlin.
failing=$(built example-log-middleware)
start "$work/development.log" "$failing" --mode dev
development=$URL
start "$work/production.log" "$failing" --mode prod
production=$URL

node "$tools/pages.mjs" "$bookshelf" "$development" "$production" "${SCREENSHOTS:-}"
