# A post that was done is not processed again after a restart: neither a clean nor a flagged one.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

figure() { grep -o 'process=ingest event=drained .*' "$work/run.log" | tail -n 1 | grep -o " $1=[0-9]*" | cut -d= -f2; }
one_rule
configure
start_season
posts 2000 10 >"$work/posts.ndjson"
run "$work/posts.ndjson"
wait_for 30 flagged_is 200
stop_run
is "$(figure posts) $(figure flagged) $(figure seen)" "2000 200 0" "posts, flagged, seen at first"

run "$work/posts.ndjson"
wait_for 30 eval '[ "$(grep -c "event=mode mode=season" "$work/run.log")" = 2 ]'
posts 10 10 neu >>"$work/more.ndjson"
wait_for 30 logged 'process=review event=console'
stop_run
: >"$work/run.log"
cat "$work/posts.ndjson" "$work/more.ndjson" >"$work/both.ndjson"
run "$work/both.ndjson"
wait_for 30 flagged_is 201
stop_run
is "$(figure posts) $(figure flagged) $(figure seen)" "10 1 2000" "posts, flagged, seen at last"
is "$(flagged)" 201 "flagged posts in the casebook"

# What is kept of them is a hash: no id, no text.
! grep -rqa 'p1990' "$state/ingest" || fail "an id of a post is kept"
