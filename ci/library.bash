# What the external checks share. Everything they install lies in the user's cache; everything they
# start listens on the loopback interface and ends with them.

# Without it, a command that fails inside of `$(…)` is passed over, and what is there from the run
# before is checked instead.
shopt -s inherit_errexit

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

# Starts a server on a free port, and sets URL: start LOG BINARY [ARGUMENTS].
start() {
    local log="$1"
    shift
    : >"$log"
    "$@" --port 0 >/dev/null 2>"$log" &
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
    echo "$1 did not start" >&2
    return 1
}

# Starts the example with a database of its own in a folder, and sets URL.
start_bookshelf() {
    WORK="$1"
    local binary
    binary=$(built bookshelf)
    start "$WORK/server.log" env PURLIN__DATABASE__URL="sqlite:$WORK/bookshelf.sqlite" "$binary"
}
