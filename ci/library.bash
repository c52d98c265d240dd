# What the external checks share. Everything they install lies in the user's cache; everything they
# start listens on the loopback interface and ends with them.

stop_all() {
    local pid
    for pid in "${STARTED[@]}"; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    if [ -n "${WORK:-}" ]; then
        rm -rf "$WORK"
    fi
}

STARTED=()
WORK=""
trap stop_all EXIT

# A folder for tools, kept between runs.
cache() {
    local folder="${XDG_CACHE_HOME:-$HOME/.cache}/purlin-ci/$1"
    mkdir -p "$folder"
    echo "$folder"
}

# A folder for this run only. Called in a subshell, so the caller keeps the name for the clean-up.
workspace() {
    mktemp -d
}

# The path of a built binary of the workspace.
built() {
    cargo build --quiet --package "$1"
    echo "${CARGO_TARGET_DIR:-target}/debug/$1"
}

# Starts the example on a free port with a database of its own, and sets URL.
start_bookshelf() {
    WORK="$1"
    local log="$WORK/server.log" binary
    binary=$(built bookshelf)
    : >"$log"
    PURLIN__DATABASE__URL="sqlite:$WORK/bookshelf.sqlite" "$binary" --port 0 2>"$log" &
    STARTED+=("$!")
    for _ in $(seq 200); do
        URL=$(sed -n 's|^ *listening *||p' "$log" | head -n 1)
        if [ -n "$URL" ]; then
            return 0
        fi
        kill -0 "${STARTED[-1]}" || break
        sleep 0.1
    done
    cat "$log" >&2
    echo "the example did not start" >&2
    return 1
}
