#!/bin/bash
# A new or changed rule is a shadow, whose hits are counted and nothing else, until a second person
# releases its very form; what was released before, and what it opened, stands. All of it live: a saved
# file is enough.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need jq

id=6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01
as() { # as NAME VERB [REASON]
    "$saring" rules "$2" "$rules/uji.yml" --user "$1" --password-file "$work/password" \
        --reason "${3:-Dilihat dan diuji.}" --rules "$rules" --state "$state"
}
refused() { # refused TEXT COMMAND…
    local says=$1 status=0
    shift
    "$@" >"$work/refused.out" 2>&1 || status=$?
    is $status 1 "exit code of $*"
    has "$(cat "$work/refused.out")" "$says" "$*"
}
state_of() { "$saring" rules list --json --rules "$rules" --state "$state" | jq -r "select(.id == \"$id\") | .state"; }
shadow_is() { [ "$(ask "SELECT coalesce(sum(hits), 0) FROM shadow_hits")" = "$1" ]; }
cases_are() { [ "$(ask "SELECT group_concat(state, ' ') FROM (SELECT DISTINCT state FROM cases WHERE season <> 'demo' ORDER BY state)")" = "$1" ]; }
loads() { grep -c 'process=ingest event=rules_loaded' "$work/run.log"; }
# saved SED: an edit of the rule as an editor makes it, and the running program has it
saved() {
    local before
    before=$(loads)
    sed "$1" "$rules/uji.yml" >"$work/edited"
    cmp -s "$work/edited" "$rules/uji.yml" && fail "nothing is edited by $1"
    cp "$work/edited" "$rules/uji.yml"
    wait_for 30 eval '[ "$(loads)" -gt '"$before"' ]'
}
say() { echo "{\"id\":\"$1\",\"source\":\"uji\",\"text\":\"$2 $marker rahasia-$1\",\"author_name\":\"Warga Rekaan\"}" >&5; }

configure
add_people
at_time -100h "$saring" user add kepala --org "tim Contoh" --kind admin --password-file "$work/password" --state "$state" >/dev/null
"$saring" user add baru --org "tim Contoh" --kind team --password-file "$work/password" --state "$state" >/dev/null
start_season
one_rule
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
wait_for 30 logged 'process=ingest event=rules_loaded rules=1 shadows=1'

# Nobody stands behind it: it counts.
is "$(state_of)" shadow "a new rule"
say a1 pertama
say a2 kedua
wait_for 30 shadow_is 2
is "$(ask 'SELECT count(*) FROM posts')" 0 "posts of a shadow"

# One is not enough, whoever it is; the second is another person, and none of a new account.
refused "not submitted" as mitra release
refused "submitted by the team" as mitra submit
refused "submitted by the team" as kepala submit
refused "3 " as tim submit x
has "$(as tim submit 'Undian palsu yang beredar di grup.')" "diserahkan/submitted" "submit"
is "$(state_of)" submitted "one person"
refused "submitted already" as baru submit
refused "a second person" as tim release
refused "released by the team or an independent approver" as kepala release
refused "younger than 72 hours" as baru release
status=0
printf 'salah sama sekali\n' >"$work/wrong"
"$saring" rules release "$rules/uji.yml" --user mitra --password-file "$work/wrong" --reason 'Ya.' \
    --rules "$rules" --state "$state" >/dev/null 2>&1 || status=$?
is $status 2 "a wrong password"
say a3 ketiga
wait_for 30 shadow_is 3
is "$(ask 'SELECT count(*) FROM posts')" 0 "posts of a submitted rule"
as mitra release >/dev/null
is "$(state_of)" released "two people"
refused "released already" as mitra release
wait_for 30 logged 'event=rules_released rules=1 shadows=0'
say b1 keempat
wait_for 30 flagged_is 1
wait_for 30 cases_are flagged
is "$("$saring" audit show --json --state "$state" 2>/dev/null | jq -r 'select(.action | startswith("rule_")) | [.actor, .action] | join(" ")' | paste -sd, || true)" \
    "tim rule_submit,mitra rule_release" "the log's rows"

# An edit of the detection makes it a shadow again; the case that it opened stands.
saved "s/words: \['$marker'\]/words: ['$marker', 'kupon ajaib']/"
wait_for 30 logged 'event=rules_loaded rules=1 shadows=1'
is "$(state_of)" shadow "an edited rule"
say c1 kelima
wait_for 30 shadow_is 4
flagged_is 1 || fail "an edited rule flags before it is released"
cases_are flagged || fail "an edit of the detection voids a case"
refused "not submitted" as mitra release

# Back as it was: the release of that very form still holds.
saved "s/, 'kupon ajaib'//"
is "$(state_of)" released "the released form again"
say d1 keenam
wait_for 30 flagged_is 2

# A list that a rule names is part of it.
printf '%s\n' "$marker" >"$rules/lists/undian.txt"
saved "s/text|words: \['$marker'\]/text|words|expand: '%undian%'/"
is "$(state_of)" shadow "another edit"
as tim submit >/dev/null
as mitra release >/dev/null
is "$(state_of)" released "a rule with a list"
printf 'sepeda ajaib\n' >>"$rules/lists/undian.txt"
is "$(state_of)" shadow "a rule whose list was edited"
wait_for 30 eval '[ "$(grep "process=ingest event=rules_loaded" "$work/run.log" | tail -n 1 | grep -c shadows=1)" = 1 ]'

# Class or evidence: another revision, and what the old one opened is void.
cases_are flagged || fail "edits of detection and lists voided a case"
saved 's/KPU Contoh, published: 2026-09-01/KPU Contoh, published: 2026-09-02/'
wait_for 30 cases_are void

# Withdrawing takes one; a file that does not load changes nothing.
saved 's/title: Uji/title: Ujicoba/'
releases=$(grep -c 'event=rules_released' "$work/run.log")
as tim submit >/dev/null
as mitra release >/dev/null
wait_for 30 eval '[ "$(grep -c "event=rules_released" "$work/run.log")" -gt "$releases" ]'
cp "$rules/uji.yml" "$work/good.yml"
printf 'title: rusak\n' >"$rules/uji.yml"
wait_for 30 logged 'event=rules_not_loaded .*uji.yml'
say e1 ketujuh
wait_for 30 flagged_is 3
cp "$work/good.yml" "$rules/uji.yml"
as mitra withdraw 'Terlalu luas.' >/dev/null
is "$(state_of)" shadow "a withdrawn rule"
wait_for 30 eval '[ "$(grep -E "event=rules_(released|loaded)" "$work/run.log" | grep process=ingest | tail -n 1 | grep -c shadows=1)" = 1 ]'
before=$(ask "SELECT sum(hits) FROM shadow_hits")
say f1 kedelapan
wait_for 30 shadow_is $((before + 1))
flagged_is 3 || fail "a withdrawn rule flags"

exec 5>&-
stop_run
# Of a shadow's posts nothing is left anywhere.
for gone in a1 a2 a3 c1 f1; do
    ! grep -raq "rahasia-$gone" "$state" "$work/run.log" || fail "text of $gone was kept"
done
grep -raq "rahasia-b1" "$state" || fail "the search finds nothing at all"
"$saring" audit verify --state "$state" >/dev/null || fail "the log's chain"
