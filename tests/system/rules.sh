#!/bin/bash
# `saring rules`: check, new, test, explain, and that a template does not load until it is filled.
. "$(dirname "$0")/lib.sh"
run() { status=0; out=$("$saring" rules "$@" 2>&1) || status=$?; }

# What is shipped is fine, and says how much it is.
run check
is $status 0 "check"
has "$out" "aturan/rules (0 tidak aktif/inactive)" "check counts"
json=$("$saring" rules check --json)
python3 - "$json" <<'END'
import json, sys
found = json.loads(sys.argv[1])
assert found["rules"] >= 20 and found["speech"] >= 500 and found["tests"] > 100, found
assert sum(found["ways"].values()) == found["atoms"], found
assert len(found["ruleset"]) == 64 and found["warnings"] == 0, found
END
is "$("$saring" rules check --json)" "$json" "the identity is the same each time"

# A folder alone lacks the lists of the other one: each place is named.
run check feeds/example
is $status 1 "check of a folder without its lists"
has "$out" "feeds/example/rules/tinta-cip.yml:27:24: galat/error: there is no list 'warning_words'" "place"

# A new rule has blanks; each is named, and filled in it loads.
mine=$work/mine
mkdir -p "$mine/fraud"
for class in fraud procedure claim; do
    run new --class $class --title "Contoh: 'kutip'" --out "$mine/fraud/$class.yml"
    is $status 0 "new $class"
    has "$(cat "$mine/fraud/$class.yml")" "title: 'Contoh: ''kutip'''" "title of $class"
    lacks "$(cat "$mine/fraud/$class.yml")" "@" "blanks of $class"
    run test "$mine/fraud/$class.yml"
    is $status 1 "$class is refused while it has blanks"
    for blank in "'url' is empty" "'publisher' is empty" "'match' is empty" "'description' is empty" \
        "has no values"; do
        has "$out" "$blank" "blank of $class"
    done
    lacks "$out" "rules/fraud/" "only the new rule is at fault"
    mv "$mine/fraud/$class.yml" "$work/$class.yml"
done
run new --class fraud --title x --out "$work/fraud.yml"
is $status 2 "new does not overwrite"
has "$out" "sudah ada" "new does not overwrite"
run new --class opini
is $status 2 "a fourth class"
has "$out" "fraud|procedure|claim" "a fourth class"
[ "$("$saring" rules new --class claim | grep '^id:')" != "$("$saring" rules new --class claim | grep '^id:')" ] ||
    fail "two new rules have one id"

python3 - "$work/fraud.yml" "$mine/fraud/saldo.yml" <<'END'
import re, sys
text = open(sys.argv[1]).read()
for old, new in [("description: ''", "description: Saldo palsu."), ("words: []", "words: [lembaga contoh]"),
                 ("url: ''", "url: 'https://contoh.example/'"), ("publisher: ''", "publisher: Contoh"),
                 ("published: ''", "published: 2026-01-01"), ("impersonates: ''", "impersonates: Contoh"),
                 ("match: []", "match: [{ text: 'L3mbaga Contoh: klik link https://saldo.example/x' }]"),
                 ("pass: []", "pass: [{ text: 'Awas, lembaga contoh palsu: klik link https://saldo.example/x' }]")]:
    assert old in text, old
    text = text.replace(old, new)
open(sys.argv[2], "w").write(text)
END
run test "$mine/fraud/saldo.yml"
is $status 0 "the filled rule: $out"
has "$out" "2 tes/tests, 0 gagal/failed" "its tests"
has "$out" "[[L3mbaga Contoh]]: [[klik link]]" "its spans"
run check rules "$mine"
is $status 0 "check with one more folder: $out"

# Posts of the writer's own; an author is never shown.
printf '%s\n' '{"id":"1","text":"lembaga contoh, klik link https://a.example/","author_name":"Orang Rekaan"}' \
    'bukan json' '{"id":"2","text":"biasa saja"}' >"$work/posts.ndjson"
run test "$mine/fraud/saldo.yml" --posts "$work/posts.ndjson"
is $status 0 "test --posts"
has "$out" "2 pos/posts, 1 kena/flagged, 1 rusak/bad" "test --posts counts"
has "$out" "posts.ndjson:2" "the bad line is named"
lacks "$out" "Orang Rekaan" "an author is shown"

# Why, and why not.
run explain "$mine/fraud/saldo.yml" 'Lembaga Contoh: klik link https://a.example/'
is $status 0 "explain a match"
has "$out" "+ nama: text|skeleton|words" "explain names"
run explain "$mine/fraud/saldo.yml" '{"text":"Lembaga Contoh"}'
is $status 1 "explain no match"
has "$out" "- ajakan: salah satu/any of" "explain what is missing"
printf '{"text": "Lembaga Contoh:\\nklik link https://a.example/",\n "id": "1"}\n' >"$work/pos.json"
run explain "$mine/fraud/saldo.yml" "$work/pos.json"
is $status 0 "explain a post in a file"
run explain "$mine/fraud/saldo.yml" "$work"
is $status 2 "explain a folder"

# A test that fails says which parts of the condition are true.
sed 's/match: .*/match: [{ text: lembaga contoh }]/' "$mine/fraud/saldo.yml" >"$work/fails.yml"
run test "$work/fails.yml"
is $status 1 "a failing test"
has "$out" "GAGAL match" "a failing test is shown"
has "$out" "nama is true, ajakan is false, tautan is false" "why it fails"

# A rule that matches what people may say does not load, whatever folders are given.
sed 's/condition: .*/condition: nama/; s/lembaga contoh/kpu/; s/pass: .*/pass: [{ text: pasar }]/; s/match: .*/match: [{ text: kpu }]/' \
    "$mine/fraud/saldo.yml" >"$work/wide.yml"
run test "$work/wide.yml"
is $status 1 "a rule that matches speech"
has "$out" "matches the speech sample speech/" "a rule that matches speech"
mkdir "$work/alone" && cp "$work/wide.yml" "$work/alone/" && cp -r rules/lists "$work/alone/"
run check "$work/alone"
is $status 1 "speech samples cannot be left out"
has "$out" "more speech samples" "speech samples cannot be left out"

# Nothing to check, nothing to reload, wrong words.
run check "$work/nowhere"
is $status 2 "check of a folder that is not there"
has "$out" "nowhere" "check of a folder that is not there"
run reload --state "$work"
is $status 2 "reload without a running saring"
run frobnicate
is $status 2 "an unknown verb"
run --help
is $status 0 "help"
[ "$(echo "$out" | wc -l)" -le 24 ] || fail "help does not fit a screen"
