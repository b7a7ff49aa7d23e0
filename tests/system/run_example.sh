# Without a season and without a configuration the example is read, and the casebook then holds
# exactly the posts and rules that feeds/example/expected.ndjson names.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need jq

mkdir "$work/home"
printf 'state: %s\nconsole: { port: 0 }\nrules: [%s/rules]\nexample: %s/feeds/example\nsources: %s/feeds/sources.yml\n' \
    "$state" "$root" "$root" "$root" >"$work/saring.yml"
add_people
count=$(wc -l <feeds/example/expected.ndjson)
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
# A post that the example's rules flag, so that reading it would show.
jq -c 'select(.id == "contoh-003") | .id = "ditolak" | .title = "tidak boleh dibaca"' feeds/example/posts.ndjson >&5

wait_for 60 logged 'process=ingest event=mode mode=demo'
wait_for 60 flagged_at_least "$count"
jq -r '.id as $id | .class as $c | .rules[] | [$id, $c, .] | @tsv' feeds/example/expected.ndjson | sort >"$work/want"
ask "SELECT content.item, cases.class, case_rules.rule_id FROM content JOIN posts ON posts.id = post_id
     JOIN cases ON cases.id = posts.case_id JOIN case_rules ON case_rules.case_id = cases.id" |
    tr '|' '\t' | sort -u >"$work/got"
# A case shows all rules that flagged any of its near-copies: of each post, at least its own.
comm -23 "$work/want" "$work/got" >"$work/missing"
[ ! -s "$work/missing" ] || fail "not flagged: $(head -5 "$work/missing")"
jq -r '[.id, .class] | @tsv' feeds/example/expected.ndjson | sort >"$work/want"
cut -f1,2 "$work/got" | sort -u >"$work/got.classes"
diff "$work/want" "$work/got.classes" >"$work/diff.log" || fail "other posts or classes than expected"
is "$(ask 'SELECT count(*) FROM cases WHERE state = "flagged"')" "$(ask 'SELECT count(*) FROM cases')" "all wait for people"

logged 'event=stdin_refused' || fail "the log does not say why stdin is not read"
lacks "$(cat "$work/run.log")" "tidak boleh dibaca" "a refused post in the log"
address=$(grep -o 'http://127.0.0.1:[0-9]*/' "$work/run.log" | head -1)
has "$(curl -s -m 60 "$address")" "<html" "the console answers"
exec 5>&-
stop_run
is "$(ask 'SELECT count(*) FROM content WHERE item = "ditolak"')" 0 "a post from stdin without a season"
logged "event=drained .*flagged=$count " || fail "the log's figures are others: $(grep event=drained "$work/run.log")"

# Started again, nothing of it is read twice; with another rule all of it is, at once when two
# people have released it, and no post is in the casebook twice.
: >"$work/run.log"
rm -r "$work/in"
run
wait_for 30 logged 'process=ingest event=rules_loaded'
wait_for 30 logged 'process=review event=console'
stop_run
logged 'event=drained posts=0 ' || fail "the example was read twice: $(grep event=drained "$work/run.log")"
cp -r "$root/rules" "$work/rules"
sed -i "s|^rules: .*|rules: [rules]|" "$work/saring.yml"
: >"$work/run.log"
run
wait_for 30 logged 'process=ingest event=rules_loaded'
write_rule "$work/rules/uji.yml" "dermaga rusak" 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01
"$saring" rules reload --state "$state" >/dev/null
release_rules "$work/rules/uji.yml" >/dev/null
wait_for 30 eval '[ "$(ask "SELECT count(*) FROM content WHERE item = \"rss-007\"")" = 1 ]'
stop_run
is "$(ask 'SELECT count(*) - count(DISTINCT item) FROM content')" 0 "posts that are there twice"
