#!/bin/bash
# Versions of the rules: who, when, what changed, kept by the running program and by who hands a change in;
# and the way back, whole or not at all. Backtests and figures of a writer's own posts.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need jq

one_rule
configure
add_people
run
wait_for 30 logged 'process=ingest event=rules_loaded'
versions() { "$saring" rules versions --json -c "$work/saring.yml"; }
count_is() { [ "$(versions | wc -l)" = "$1" ]; }
newest() { versions | head -n 1 | jq -r "$1"; }
wait_for 30 count_is 1
is "$(newest .who)" "file:$(id -un)" "who wrote the first one"
has "$(newest '.changes | join(" ")')" "+uji.yml" "what is in the first one"
lacks "$(newest '.changes | join(" ")')" "protected" "the protected list is no part of it"
cp "$rules/uji.yml" "$work/first.yml"

# A saved edit is a version; the same files are none.
sed -i 's/title: Uji/title: Ujicoba/' "$rules/uji.yml"
write_rule "$rules/kedua.yml" "hadiah sepeda ajaib" 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02
wait_for 30 count_is 2
is "$(newest '.changes | join(" ")')" "+kedua.yml ~uji.yml" "what changed"
"$saring" rules reload --state "$state" >/dev/null
printf '\n# catatan\n' >>"$rules/kedua.yml"
"$saring" rules submit "$rules/kedua.yml" --user tim --password-file "$work/password" --reason 'Catatan baru.' -c "$work/saring.yml" >/dev/null
wait_for 30 count_is 3
case $(newest '.who + ": " + .how') in # whoever was first: the hand-in, or the running program
"tim: Catatan baru." | "file:$(id -un): edit") ;;
*) fail "another version: $(newest '.who + ": " + .how')" ;;
esac

# Back: the team alone, with a reason, to a version that there is and that loads.
back() { "$saring" rules rollback "$1" --user "$2" --password-file "$work/password" --reason "$3" -c "$work/saring.yml"; }
refused() {
    local says=$1 status=0
    shift
    "$@" >"$work/refused.out" 2>&1 || status=$?
    is $status 1 "exit code of $*"
    has "$(cat "$work/refused.out")" "$says" "$*"
}
refused "the team goes back" back 1 mitra 'Terlalu luas.'
refused "the reason" back 1 tim x
refused "no such version" back 99 tim 'Terlalu luas.'
sha256sum "$rules"/*.yml >"$work/before.sum"
printf 'undian tinta hitam\n' >"$rules/lists/lain.txt"
back 1 tim 'Terlalu luas.' >/dev/null
cmp "$rules/uji.yml" "$work/first.yml" || fail "the file is not what it was"
[ ! -e "$rules/kedua.yml" ] && [ ! -e "$rules/lists/lain.txt" ] || fail "a later file is still there"
[ -e "$rules/protected/election.txt" ] || fail "the protected list is gone"
is "$(newest '.who + ": " + .how')" "tim: rollback 1: Terlalu luas." "the way back is a version"
wait_for 30 eval '[ "$(grep "process=ingest event=rules_loaded" "$work/run.log" | tail -n 1 | grep -c "rules=7 ")" = 1 ]'
has "$("$saring" audit show --json --state "$state" | jq -r .action | paste -sd' ')" "rules_version" "the log's rows"

# A version that would match a speech sample of now does not come back, and nothing is changed.
mkdir "$rules/speech"
echo '{"id":"uji/1","text":"kami membeli hadiah sepeda ajaib di pasar"}' >"$rules/speech/uji.ndjson"
sha256sum "$rules"/*.yml "$rules"/lists/*.txt >"$work/before.sum"
status=0
back 2 tim 'Kembali lagi.' >"$work/back.out" 2>&1 || status=$?
is $status 1 "a version that no longer loads"
has "$(cat "$work/back.out")" "uji/1" "why it does not"
sha256sum -c --quiet "$work/before.sum" || fail "a refused rollback changed the files"
[ ! -e "$rules/kedua.yml" ] || fail "a refused rollback left a file"
stop_run
"$saring" audit verify --state "$state" >/dev/null || fail "the log's chain"

# Two versions of a rule set over posts of the writer's own; nothing of them is kept.
cp -r "$rules" "$work/lama"
sed -i "s/\['$marker'\]/['$marker', 'kupon ajaib']/" "$rules/uji.yml"
sed -i "s/\['$marker'\]/['$marker', 'sepeda listrik']/" "$work/lama/uji.yml"
printf '%s\n' '{"id":"1","text":"ada kupon ajaib","author_name":"Orang Rekaan"}' '{"id":"2","text":"ada sepeda listrik"}' \
    "{\"id\":\"3\",\"text\":\"ada $marker\"}" 'bukan json' '{"id":"4","text":"biasa"}' >"$work/pos.ndjson"
backtest() { "$saring" rules backtest --rules "$rules" --posts "$work/pos.ndjson" "$@"; }
out=$(backtest --before "$work/lama" --json 2>/dev/null)
is "$(jq -c 'select(.change) | [.change, .line]' <<<"$out" | paste -sd' ')" '["new",1] ["gone",2]' "what changed"
is "$(jq -c 'select(.before_ns) | [.before, .after, .new, .gone]' <<<"$out")" '[2,2,1,1]' "counts"
is "$(jq -c 'select(.posts) | [.posts, .bad, .recall]' <<<"$out")" '[4,1,null]' "posts"
out=$(backtest "$rules/uji.yml" 2>&1)
has "$out" "recall is unknown" "what a backtest does not say"
has "$out" "+ baru/new" "against nothing all is new"
has "$out" "pos.ndjson:4:" "the bad line is named"
lacks "$out" "Orang Rekaan" "an author is shown"
status=0
backtest tidak-ada.yml >"$work/none.out" 2>&1 || status=$?
is $status 2 "a rule that is not there"
status=0
"$saring" rules backtest >"$work/none.out" 2>&1 || status=$?
is $status 2 "no posts"

# Figures: how patterns are found, and what people made of what was flagged.
out=$("$saring" rules stats --rules "$rules" --posts "$work/pos.ndjson" --state "$state" --json 2>/dev/null)
is "$(jq -c 'select(.hits != null) | .hits' <<<"$out")" 2 "hits"
[ "$(jq 'select(.atoms) | .literal + .table + .automaton + .pcre2 + .demand == .atoms' <<<"$out")" = true ] || fail "shares of the ways"
[ "$(jq -s 'map(select(.revision)) | map(.flagged) | add' <<<"$out")" -gt 10 ] || fail "counts of the example's cases"
has "$("$saring" rules stats --rules "$rules" --state "$state")" "revisi" "counts for people"
