# Sourced by every system test: a temporary folder, free loopback ports, waiting with a deadline,
# and a trap that stops what was started and shows the logs of a failure.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
saring=$root/build/saring
work=$(mktemp -d "${TMPDIR:-/tmp}/saring.XXXXXX")
chmod 755 "$work"
started=()

stop_all() {
    local status=$? pid
    set +e
    for pid in "${started[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null; done
    for pid in "${started[@]:-}"; do [ -n "$pid" ] && wait "$pid" 2>/dev/null; done
    if [ $status != 0 ] && [ $status != 77 ]; then
        for log in "$work"/*.log; do
            [ -e "$log" ] && { echo "--- $(basename "$log")"; tail -n 40 "$log"; }
        done
    fi
    rm -rf "$work"
    exit $status
}
trap stop_all EXIT

fail() { echo "FAIL: $*" >&2; exit 1; }
skip() { echo "$*"; exit 77; }
need() { command -v "$1" >/dev/null || PATH=$PATH:/usr/sbin command -v "$1" >/dev/null || skip "$1 is not installed"; }

# start NAME COMMAND…: in the background, its output in $work/NAME.log, its pid in $pid
start() {
    local name=$1
    shift
    "$@" >>"$work/$name.log" 2>&1 &
    pid=$!
    started+=("$pid")
}

# free_port: prints a TCP port of 127.0.0.1 that nobody listens on
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# wait_for SECONDS COMMAND…: until it succeeds; fails at the deadline, of 90 seconds at least: it is for what never
# comes and measures no speed, and a laden machine takes ten times as long
wait_for() {
    local end=$((SECONDS + ($1 > 90 ? $1 : 90)))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "waited in vain for: $*"
        sleep 0.05
    done
}

# at_time TIME COMMAND…: with that clock, in faketime's words: -100h, +3d, "2026-11-24 07:00:00" (standing still). Not
# by the program `faketime`: it ends if a semaphore of its pid was left by a process that was killed.
libfaketime() { find /usr/lib /usr/lib64 -path '*/faketime/libfaketime.so.1' 2>/dev/null | head -n 1; }
need_faketime() { [ -n "$(libfaketime)" ] || skip "faketime is not installed"; }
at_time() { env LD_PRELOAD="$(libfaketime)" FAKETIME="$1" "${@:2}"; }

# A casebook that the program is writing to is waited for: by itself sqlite3 ends at once with "database is locked".
if command -v sqlite3 >/dev/null; then
    sqlite3() { command sqlite3 -cmd '.timeout 60000' "$@"; }
fi

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
is() { [ "$1" = "$2" ] || fail "$3: got [$1], want [$2]"; }
has() { case $1 in *"$2"*) ;; *) fail "$3: [$2] is not in [$1]" ;; esac; }
lacks() { case $1 in *"$2"*) fail "$3: [$2] is in [$1]" ;; *) ;; esac; }
