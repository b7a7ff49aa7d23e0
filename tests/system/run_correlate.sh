#!/bin/bash
# Correlations in `saring run`: counted over posts of released rules, by sites and organisations alone;
# one that is released opens a case about the post that made it true, over the same durable way as any
# verdict; what is counted stands over reloads of other rules, and is lost with the process alone.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need jq

wave=11111111-1111-4111-8111-111111111101
shadow=11111111-1111-4111-8111-111111111102
source=11111111-1111-4111-8111-111111111103
base=6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01
mark=6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02
minute=0
say() { # say ID SITE [SOURCE]: a post of the base rule, a minute after the one before
    minute=$((minute + 1))
    echo "{\"id\":\"$1\",\"source\":\"${3:-uji}\",\"text\":\"$marker di https://$2/$1 rahasia-$1\",\"published\":\"$(date -u -d "@$((now + 60 * minute))" +%FT%TZ)\",\"author_name\":\"Warga Rekaan\"}" >&5
}
# through ID: a post of a rule of its own comes behind all others, so that they are done when it is flagged
through() {
    echo "{\"id\":\"$1\",\"text\":\"penanda akhir $1\"}" >&5
    wait_for 60 has_item "$1"
}
has_item() { [ "$(ask "SELECT count(*) FROM content WHERE item = '$1'")" = 1 ]; }
lacks_item() { ! has_item "$1" || fail "$1 was flagged: $2"; }
rules_of() { ask "SELECT group_concat(rule_id, ' ') FROM (SELECT rule_id FROM case_rules JOIN posts USING (case_id) JOIN content ON post_id = posts.id WHERE item = '$1' ORDER BY rule_id)"; }
shadow_is() { [ "$(ask "SELECT coalesce(sum(hits), 0) FROM shadow_hits WHERE rule_id = '$1'")" = "$2" ]; }
released() { grep -c 'event=rules_released' "$work/run.log" || true; }
release() {
    local before
    before=$(released)
    release_rules "$@" >>"$work/release.log"
    wait_for 60 eval '[ "$(released)" -gt '"$before"' ]'
}

configure 'workers: 1'
cat >"$work/sources.yml" <<'END'
sources:
  - { id: kantor, kind: rss, url: 'https://kantor.example/rss', organisation: Lembaga Contoh, enabled: false }
  - { id: blog, kind: rss, url: 'https://blog.example/rss', enabled: false }
END
one_rule
write_rule "$rules/penanda.yml" "penanda akhir" $mark
cat >"$rules/gelombang.yml" <<END
title: Gelombang undian
id: $wave
description: Banyak pos undian menuju satu situs.
level: critical
correlation: { type: event_count, rules: [$base], group-by: [link.domain], timespan: 2h, condition: { gte: 3 } }
---
title: Belum dirilis
id: $shadow
level: low
correlation: { type: event_count, rules: [$base], group-by: [link.host], timespan: 2h, condition: { gte: 2 } }
---
title: Sumber yang berulang
id: $source
level: low
correlation: { type: event_count, rules: [$base], group-by: source, timespan: 2h, condition: { gte: 2 } }
END
now=$(($(date +%s) - 7200))
add_people
start_season >/dev/null
# start_season has released all: two of the correlations are withdrawn again.
for id in $wave $shadow; do
    "$saring" rules withdraw $id --user tim --password-file "$work/password" --reason 'Dilihat lagi.' \
        --rules "$rules" --state "$state" >/dev/null
done
"$saring" rules withdraw $source --user tim --password-file "$work/password" --reason 'Dilihat lagi.' \
    --rules "$rules" --state "$state" >/dev/null
is "$("$saring" rules list --json --rules "$rules" --state "$state" | jq -r "select(.id == \"$wave\") | .state + \" \" + .class")" \
    "shadow fraud" "a correlation among the rules"
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
wait_for 60 logged 'process=ingest event=rules_loaded rules=5 shadows=3'

# A correlation that nobody released hushes no rule and opens nothing: it counts.
say a1 satu.contoh-a.com
say a2 dua.contoh-a.com
say a3 satu.contoh-a.com
through m1
wait_for 60 eval 'shadow_is $wave 1 && shadow_is $shadow 1'
for id in a1 a2 a3; do is "$(rules_of $id)" "$base" "rules of $id"; done

# Released, it speaks for its rule; what is hushed is nowhere.
release $wave
say b1 satu.contoh-b.com
say b2 dua.contoh-b.com
through m2
lacks_item b1 "one post of a wave"
lacks_item b2 "two posts of a wave"
say b2 dua.contoh-b.com # the same post again is no third one
through m3
lacks_item b2 "the same post twice"
say b3 contoh-b.com
wait_for 60 has_item b3
is "$(rules_of b3)" "$wave" "the rule of a wave"
id=$(ask "SELECT case_id FROM posts JOIN content ON post_id = posts.id WHERE item = 'b3'")
shown=$("$saring" review show "$id" --state "$state")
has "$shown" "aturan / rule: Gelombang undian (critical" "the correlation in the case"
has "$shown" "meniru / impersonates: KPU Contoh" "the evidence of its rule"
has "$shown" "korelasi / correlation: Gelombang undian: event_count 3; link[.]domain: contoh-b[.]com; " "what was counted"
has "$shown" "[[$marker]]" "the marks of its rule"
is "$(ask "SELECT class || ' ' || state FROM cases WHERE id = $id")" "fraud flagged" "the case"
say b4 contoh-b.com # the window is known
through m4
lacks_item b4 "a window that is known"

# Other rules may be edited: what was counted stands. Review may die: nothing is lost or told twice.
say c1 contoh-c.com
say c2 contoh-c.com
through m5
loads=$(grep -c 'process=ingest event=rules_loaded' "$work/run.log")
sed -i 's/^status: stable/status: test/' "$rules/penanda.yml"
wait_for 60 eval '[ "$(grep -c "process=ingest event=rules_loaded" "$work/run.log")" -gt '"$loads"' ]'
release $mark
kill -9 "$(child review)"
say c3 contoh-c.com
wait_for 60 has_item c3
through m6
is "$(rules_of c3)" "$wave" "a wave over a reload"
is "$(ask "SELECT count(*) FROM content WHERE item LIKE 'c%'")" 1 "posts of that wave"

# Ingest's memory is all there is of a window: a new process counts from the start, and none twice.
say d1 contoh-d.com
say d2 contoh-d.com
through m7
before=$(child ingest)
kill -9 "$before"
wait_for 60 eval '[ "$(child ingest)" != '"$before"' ] && alive ingest'
say d3 contoh-d.com
say d4 contoh-d.com
through m8
for id in d1 d2 d3 d4; do lacks_item $id "a window that was lost"; done
say d5 contoh-d.com
wait_for 60 has_item d5

# By source only where sources.yml says that it is an organisation's; never by a platform's user.
release $source
say e1 satu.contoh-e.com blog
say e2 dua.contoh-f.com blog
say e3 tiga.contoh-g.com entah
say e4 empat.contoh-h.com entah
for id in 1 2 3 4; do say "f$id" warga.blogspot.com; done
through m9
is "$(ask "SELECT count(*) FROM content WHERE item LIKE 'e%' OR item LIKE 'f%'")" 0 "posts of people"
say g1 satu.contoh-i.com kantor
say g2 dua.contoh-j.com kantor
wait_for 60 has_item g2
is "$(rules_of g2)" "$source" "an organisation's source"

exec 5>&-
stop_run
shadow_is $shadow 0 && fail "a shadow did not count"
is "$(ask "SELECT count(*) FROM log WHERE detail LIKE '%contoh-%.com%'")" 0 "sites in the log"
for gone in b1 b2 b4 c1 d1 e1 f1; do
    ! grep -raq "rahasia-$gone" "$state" "$work/run.log" || fail "text of $gone was kept"
done
grep -raq "rahasia-b3" "$state" || fail "the search finds nothing at all"
"$saring" audit verify --state "$state" >/dev/null || fail "the log's chain"
