#!/usr/bin/env bash
# Takes the browser's walk against a server of its own, which keeps its data in a folder that goes
# when it does.
#
#     Tests/Browser/run.sh .build/debug/dsim [--screenshots FOLDER]
set -euo pipefail

program=${1:?the program to serve with}
shift
here=$(dirname "${BASH_SOURCE[0]}")
folder=$(mktemp -d)
server=

# Ends the server that runs, if one does; at once, as its data is worth nothing.
stop() {
    [ -n "$server" ] || return 0
    kill -KILL "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

trap 'stop; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Prints the first of as many free ports in a row as a whole network takes.
free_ports() {
    python3 - <<'PYTHON'
import contextlib
import random
import socket

while True:
    # Below those that the system hands out to whoever connects.
    first = random.randrange(10_000, 32_000)
    with contextlib.ExitStack() as stack:
        try:
            for port in range(first, first + 5):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            continue
    print(first)
    break
PYTHON
}

# Starts the server. Fails when it ends, or does not say within a minute that it is running.
start() {
    # Settings of the caller's own would make it another server.
    env -i HOME="$folder" PATH="$PATH" "$program" serve --role all --nodes 3 --port "$1" \
        --data "$folder/data" >"$folder/output" 2>"$folder/log" &
    server=$!
    local tenths
    for ((tenths = 0; tenths < 600; tenths++)); do
        if grep -qs 'is running' "$folder/output"; then return 0; fi
        if ! kill -0 "$server" 2>/dev/null; then return 1; fi
        sleep 0.1
    done
    return 1
}

# Another program may take a port that was free a moment ago.
for attempt in 1 2 3; do
    port=$(free_ports)
    if start "$port"; then break; fi
    stop
    if [ "$attempt" -eq 3 ]; then
        tail -n 20 "$folder/log" >&2
        printf '%s does not serve; its last words stand above.\n' "$program" >&2
        exit 1
    fi
done

if ! python3 "$here/run.py" --url "http://127.0.0.1:$port" "$@"; then
    printf 'What the server said:\n' >&2
    tail -n 20 "$folder/log" >&2
    exit 1
fi
