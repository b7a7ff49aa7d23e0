# SIGTERM: whatever was read is finished and in the casebook before the end; what was not read is
# still in the pipe. A second run takes it from there.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

one_rule
configure
start_season
posts 40000 20 >"$work/posts.ndjson"
seq 20 20 40000 | sed 's/^/p/' >"$work/want"
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
start feeder python3 -c '
import sys, time
lines = open(sys.argv[1]).read().splitlines(True)
out = open("/dev/fd/5", "w")
for at in range(0, len(lines), 100):
    out.write("".join(lines[at:at + 100])); out.flush(); time.sleep(0.02)
' "$work/posts.ndjson"
wait_for 30 flagged_at_least 100
# A service manager signals all processes of a service: ending in order stays the supervisor's.
kill "$(child ingest)" "$(child review)"
stop_run
first=$(flagged)
kill "$pid" && wait "$pid" || true
[ "$first" -lt 2000 ] || fail "all was read before the signal came"
logged 'process=ingest event=draining' || fail "ingest did not drain"
logged 'process=ingest event=drained .*waiting=0' || fail "verdicts were left: $(grep event=drained "$work/run.log")"
logged 'process=review event=review_ended' || fail "review did not end in order"
is "$(ask 'SELECT count(*) - count(DISTINCT item) FROM content')" 0 "posts that are there twice"
lacks "$(cat "$work/run.log")" "not_drained" "the drain was given up"
[ ! -e "$state/control.sock" ] || fail "the control socket is still there"

# All of it once more, as somebody would who does not know how far it got.
exec 5>&-
: >"$work/run.log"
run "$work/posts.ndjson"
wait_for 60 flagged_is 2000
stop_run
flagged_are "$work/want"
seen=$(grep -o 'event=drained .*' "$work/run.log" | grep -o ' seen=[0-9]*' | cut -d= -f2)
[ "$seen" -ge "$first" ] || fail "only $seen posts were known from the first run, which flagged $first"
echo "$first posts flagged before the signal, $seen not looked at again"
