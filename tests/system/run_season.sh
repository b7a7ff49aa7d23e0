# What may be read follows the season while `saring run` goes on: without one the example alone, with
# one standard input too, and from its end on nothing.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

one_rule
configure
add_people
mkfifo "$work/in"
# Its clock is moved while it runs: faketime reads the file again every second.
need_faketime
echo +0 >"$work/clock"
chmod 644 "$work/clock"
LD_PRELOAD=$(libfaketime) FAKETIME_TIMESTAMP_FILE=$work/clock FAKETIME_CACHE_DURATION=1 DONT_FAKE_MONOTONIC=1 \
    "$saring" run -c "$work/saring.yml" <"$work/in" >>"$work/run.log" 2>&1 &
supervisor=$!
started+=("$supervisor")
exec 5>"$work/in"
echo '{"id":"a1","source":"uji","text":"ada undian tinta hitam"}' >&5
wait_for 30 logged 'event=mode mode=demo'
wait_for 30 logged 'event=stdin_refused why="no season runs'
wait_for 30 flagged_at_least 1 # of the example

# A season starts: the demonstration is void, standard input is read. The rule flags once two people
# have released it for this season.
start_season
wait_for 30 logged 'event=mode mode=season'
has_post() { [ "$(ask "SELECT count(*) FROM content JOIN posts ON posts.id = post_id JOIN cases ON cases.id = case_id WHERE item = '$1' AND state = 'flagged'")" = 1 ]; }
shadow_is() { [ "$(ask "SELECT sum(hits) FROM shadow_hits WHERE rule_id LIKE '%6a01'")" = "$1" ]; }
# Read before the release it was counted, after it flagged: never dropped unseen.
wait_for 30 eval 'has_post a1 || shadow_is 1'
wait_for 30 logged 'event=rules_(released|loaded) rules=1 shadows=0'
is "$(ask "SELECT count(*) FROM cases WHERE state NOT IN ('void', 'purged') AND season = 'demo'")" 0 "cases of the demonstration that live on"
echo '{"id":"a2","source":"uji","text":"ada undian tinta hitam lagi"}' >&5
wait_for 10 has_post a2

# It ends by its own clock, 60 days later: rules are gone, nothing is read, a reload is refused.
echo +61d >"$work/clock"
wait_for 40 logged 'event=mode mode=over'
wait_for 10 logged 'event=stdin_refused why="the season is over'
echo '{"id":"a3","source":"uji","text":"ada undian tinta hitam terlambat"}' >&5
status=0
answer=$(at_time +61d "$saring" rules reload --state "$state" 2>&1) || status=$?
is "$status" 1 "exit code of a reload after the end"
has "$answer" "season is over" "the answer"
has "$(curl -s -m 60 "http://127.0.0.1:$port/")" "<html" "the console answers after the end"
exec 5>&-
stop_run
is "$(ask "SELECT count(*) FROM content WHERE item = 'a3'")" 0 "posts flagged after the end"
lacks "$(cat "$work/run.log")" "signal=9" "nothing was killed for it"
