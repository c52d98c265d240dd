#!/usr/bin/env bash
# The example's API, used by programs that others wrote: its document is valid OpenAPI, schemathesis
# finds no difference between the document and the server, and a generated TypeScript client
# compiles strictly and works.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/library.bash

tools=$(cache api-tools)
work=$(workspace)

if [ ! -x "$tools/venv/bin/schemathesis" ]; then
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install --quiet 'schemathesis>=4,<5' 'openapi-spec-validator'
fi
cp ci/client/package.json "$tools/"
(cd "$tools" && npm install --silent --no-audit --no-fund)

bookshelf=$(built bookshelf)
"$bookshelf" openapi --out "$work/openapi.json"
"$tools/venv/bin/openapi-spec-validator" "$work/openapi.json"

start_bookshelf "$work"

"$tools/venv/bin/schemathesis" run "$work/openapi.json" --url "$URL" --checks all \
    --max-examples 200 --seed 20261121 -H "Authorization: Bearer librarian-clara"

mkdir -p "$work/client"
cp ci/client/drive.ts ci/client/tsconfig.json "$work/client/"
ln -sfn "$tools/node_modules" "$work/client/node_modules"
(
    cd "$work/client"
    node_modules/.bin/openapi-typescript ../openapi.json --default-non-nullable=false --output api.d.ts
    node_modules/.bin/tsc --project .
    node drive.js "$URL"
)
