# ingest and review are killed at random moments while posts come in: every flagged post arrives
# in the casebook exactly once, and the other process goes on.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

count=30000 every=20
one_rule
configure
start_season
posts $count $every >"$work/posts.ndjson"
seq $every $every $count | sed 's/^/p/' >"$work/want"
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
wait_for 30 logged 'process=ingest event=mode mode=season'

# Posts come over some seconds, so that every kill is in the middle of something.
start feeder python3 -c '
import sys, time
lines = open(sys.argv[1]).read().splitlines(True)
out = open("/dev/fd/5", "w")
for at in range(0, len(lines), 100):
    out.write("".join(lines[at:at + 100])); out.flush(); time.sleep(0.01)
' "$work/posts.ndjson"
feeder=$pid

all=$(wc -l <"$work/want")
kills=0
for name in review ingest review review ingest ingest review ingest review ingest; do
    other=$([ $name = review ] && echo ingest || echo review)
    wait_for 60 alive $name
    wait_for 60 alive $other
    before=$(flagged)
    pid=$(child $name) spared=$(child $other)
    kill -9 "$pid"
    kills=$((kills + 1))
    wait_for 10 eval '[ "$(grep -c "event=ended .* signal=9" "$work/run.log")" = '$kills' ]'
    kill -0 "$spared" || fail "$name died, and $other with it"
    # The next kill comes once things move again, not after a time.
    wait_for 60 eval "flagged_at_least $((before + 1)) || flagged_is $all"
    is "$(child $other)" "$spared" "$other went on"
done
wait "$feeder"
exec 5>&-
wait_for 120 flagged_is "$all"
stop_run
flagged_are "$work/want"
is "$(grep -c 'event=ended .* signal=9' "$work/run.log")" "$kills" "kills that the supervisor saw"
lacks "$(cat "$work/run.log")" "dead_letter" "a verdict was given up"
echo "$kills kills, $all flagged posts, each once"
