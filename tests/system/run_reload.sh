# The rules are swapped under load, by SIGHUP and by `saring rules reload`, without dropping a post;
# a bad set leaves the old one in use and says why, in the log and in the answer.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

one_rule
configure
start_season
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
wait_for 30 logged 'process=ingest event=rules_loaded rules=1'
start feeder python3 -c '
import json, sys, time
out = open("/dev/fd/5", "w")
n = 0
while True:
    for _ in range(50):
        n += 1
        text = "pasar pagi nomor %d" % n
        if n % 10 == 0: text = "undian tinta hitam nomor %d" % n
        out.write(json.dumps({"id": "p%d" % n, "source": "uji", "text": text}) + "\n")
    out.flush()
    open(sys.argv[1], "w").write(str(n))
    time.sleep(0.005)
' "$work/sent"
feeder=$pid
wait_for 30 flagged_at_least 50

reload() { "$saring" rules reload --state "$state"; }
# A second rule, by the command.
write_rule "$rules/kedua.yml" "hadiah sepeda ajaib" 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02
has "$(reload)" "2 rules (1 shadows)" "the answer"
release_rules >/dev/null
wait_for 30 logged 'event=rules_released rules=2 shadows=0'
echo '{"id":"kedua","source":"uji","text":"ada hadiah sepeda ajaib di sini"}' >&5
wait_for 30 eval '[ "$(ask "SELECT count(*) FROM content WHERE item = \"kedua\"")" = 1 ]'

# A bad one: refused, with file and line, and the old set stays.
printf 'title: rusak\nid: bukan-id\ndetection: [\n' >"$rules/rusak.yml"
status=0
answer=$(reload 2>&1) || status=$?
is "$status" 1 "exit code of a refused reload"
has "$answer" "rusak.yml:" "the answer names the file"
logged 'event=rules_not_loaded .*rusak.yml' || fail "the log does not say why"
echo '{"id":"ketiga","source":"uji","text":"hadiah sepeda ajaib lagi"}' >&5
wait_for 30 eval '[ "$(ask "SELECT count(*) FROM content WHERE item = \"ketiga\"")" = 1 ]'
rm "$rules/rusak.yml"

# A rule less, by the signal; then many swaps while posts go on.
rm "$rules/kedua.yml"
loaded=$(grep -c 'process=ingest event=rules_loaded' "$work/run.log")
kill -HUP "$supervisor"
wait_for 30 eval '[ "$(grep -c "process=ingest event=rules_loaded" "$work/run.log")" -gt '"$loaded"' ]'
has "$(grep 'process=ingest event=rules_loaded' "$work/run.log" | tail -n 1)" "rules=1 " "one rule is left"
for i in $(seq 20); do reload >/dev/null || fail "reload $i"; done

kill "$feeder"
wait "$feeder" 2>/dev/null || true
exec 5>&-
sent=$(cat "$work/sent")
# A case keeps the content of some of its copies, but a row of each; no two texts are alike.
wait_for 120 eval '[ "$(ask "SELECT count(*) FROM posts")" -ge $((sent / 10 + 2)) ]'
stop_run
figure() { grep 'event=drained' "$work/run.log" | grep -o " $1=[0-9]*" | sed 's/.*=//'; }
lines=$(($(figure posts) - 2)) # the feeder may have been in the middle of its last block
[ "$lines" -ge "$sent" ] && [ "$lines" -le $((sent + 50)) ] || fail "of $sent posts $lines were read"
is "$(figure flagged)" $((lines / 10 + 2)) "posts that were flagged"
is "$(ask 'SELECT count(*) || " " || count(DISTINCT key) FROM posts')" "$(figure flagged) $(figure flagged)" \
    "posts in the casebook, and different ones"
echo "$(figure flagged) flagged posts over $(grep -c 'process=ingest event=rules_loaded' "$work/run.log") sets"
