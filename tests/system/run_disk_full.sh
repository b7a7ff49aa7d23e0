# The state folder's disk is full in the middle of a run: nothing flagged is lost, nothing crashes,
# the log says so once, and it goes on when there is room again.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
[ "$(id -u)" = 0 ] || skip "needs root, to mount a small tmpfs"

one_rule
configure
mkdir "$state"
mount -t tmpfs -o size=16m,mode=755 tmpfs "$state" 2>/dev/null || skip "a tmpfs cannot be mounted here"
unmount() { # keeps the exit status for stop_all
    local status=$?
    set +e
    umount -l "$state" 2>/dev/null
    return $status
}
trap 'unmount; stop_all' EXIT
start_season
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
posts 500 10 a >&5
wait_for 30 flagged_is 50
dd if=/dev/zero of="$state/filler" bs=4k 2>/dev/null || true
python3 - "$marker" >&5 <<'EOF' &
import json, sys
for i in range(400):
    print(json.dumps({"id": "b%d" % i, "source": "uji", "text": "%s nomor %d " % (sys.argv[1], i) + "panjang sekali " * 200}))
EOF
feeder=$!
started+=("$feeder")
wait_for 60 logged 'process=review event=verdicts_wait'
pids="$(child ingest) $(child review)"
have=$(flagged)
[ "$have" -lt 450 ] || fail "the disk was not full"
has "$(curl -s -L -m 60 "http://127.0.0.1:$port/")" "<html" "the console answers on a full disk"
rm "$state/filler"
mount -o remount,size=64m "$state"
wait_for 90 flagged_is 450
is "$(child ingest) $(child review)" "$pids" "the processes lived through it"
logged 'process=review event=verdicts_taken' || fail "the log does not say that it goes on"
[ "$(grep -c event=verdicts_wait "$work/run.log")" -le 3 ] || fail "the log says it too often"
lacks "$(cat "$work/run.log")" "dead_letter" "a verdict was given up"
lacks "$(cat "$work/run.log")" "never_taken" "a verdict was given up"
exec 5>&-
stop_run
is "$(ask 'SELECT count(*) - count(DISTINCT item) FROM content')" 0 "posts that are there twice"
