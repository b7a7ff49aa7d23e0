#!/bin/bash
# The public register: static pages, data with its chain of hashes and a feed, of what was decided and of
# nothing else; small pages, no names, targets that nobody opens by a slip.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
new_key rina
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Lembaga Pantau Contoh" independent >/dev/null
site=$work/situs
well_formed() { python3 -c 'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' "$1"; }
register() { "$saring" register --out "$site" --state "$state" "$@"; }

register 2>/dev/null
[ -s "$site/index.html" ] && [ -s "$site/banding.html" ] || fail "an empty register has pages"
id=$(list_entry satu DOMAIN kpu-daftar.com 20d)
waits=$(flag dua fraud https://menunggu-saja.com/)
register --origin https://register.example 2>/dev/null
[ -e "$site/kasus-$id.html" ] || fail "no page for the decision"
[ ! -e "$site/kasus-$waits.html" ] || fail "a page for what nobody decided"
page=$(cat "$site/kasus-$id.html")
has "$page" 'kpu-daftar[.]com' "the target"
has "$page" 'Lembaga Pantau Contoh' "the second organisation"
has "$page" "Situs meniru halaman pendaftaran pemilih" "the facts"
has "$page" 'action="/banding"' "how to object"
all=$(cat "$site"/*)
for word in menunggu-saja contoh-forum '"sari"' '"rina"' 'penelaah sari' 'penyetuju rina'; do lacks "$all" "$word" "what is not public"; done
for file in "$site"/*.html; do
    [ "$(stat -c %s "$file")" -le 30720 ] || fail "$file has more than 30 KB"
    lacks "$(cat "$file")" '<script' "$file"
    well_formed "$file" || fail "$file is not well formed"
done
well_formed "$site/perubahan.atom" || fail "the feed is no XML"
has "$(cat "$site/perubahan.atom")" 'xml:base="https://register.example"' "where it is served"

cat >"$work/chain.py" <<'END'
import hashlib, json, sys
before, count = "0" * 64, 0
for line in open(sys.argv[1], "rb"):
    row = json.loads(line)
    assert row["prev"] == before and row["seq"] == count + 1, row["seq"]
    before, count = hashlib.sha256(line.rstrip(b"\n")).hexdigest(), count + 1
print(count, before)
END
read -r rows head <<<"$(python3 "$work/chain.py" "$site/register.ndjson")"
has "$page" "$head" "the page names its row"
is "$(python3 -c 'import csv, sys; print(len(list(csv.DictReader(open(sys.argv[1])))))' "$site/register.csv")" 1 "the table"

# Nothing new: nothing is written. A removal is a row more, and the page says so.
has "$(register --origin https://register.example 2>&1)" "0 berkas" "files that changed"
review remove "$id" rina --reason 'Domainnya sudah kembali ke pemiliknya.' >/dev/null
register 2>/dev/null
read -r now _ <<<"$(python3 "$work/chain.py" "$site/register.ndjson")"
[ "$now" -gt "$rows" ] || fail "a removal is no row"
has "$(cat "$site/kasus-$id.html")" 'removed' "the page of a removed entry"
lacks "$(cat "$site/diblokir.html")" 'kpu-daftar' "what is blocked now"

# The running program writes them by itself, serves them on a listener of their own and takes appeals.
port=$(free_port)
printf 'state: %s\npublic: { port: %s, folder: %s }\nconsole: { port: 0 }\n' "$state" "$port" "$work/sendiri" >"$work/saring.yml"
mkdir -m 777 "$work/sendiri"
start run "$saring" run -c "$work/saring.yml"
wait_for 60 listening "$port"
second=
find_second() { second=$("$saring" review list --class fraud --in flagged --find 'data pemilih' --json --state "$state" | jq -s 'map(.id) | max // empty') && [ -n "$second" ]; }
wait_for 60 find_second
propose "$second" sari DOMAIN kpu-daftar.example 7d >/dev/null
approve "$second" rina >/dev/null
wait_for 120 test -s "$work/sendiri/kasus-$second.html"
at=http://127.0.0.1:$port
get() { curl -s -o "$work/body" -w '%{http_code} %{content_type}' "$@"; }
is "$(get "$at/")" "200 text/html; charset=utf-8" "the first page"
is "$(get "$at/register.ndjson")" "200 application/x-ndjson" "the data"
is "$(get --compressed "$at/style.css")" "200 text/css; charset=utf-8" "the style"
for path in /saring.yml /../saring.yml /%2e%2e/saring.yml //etc/passwd /kasus-99.html /.html /index.html/ /keberatan/x; do
    is "$(get --path-as-is "$at$path" | cut -d' ' -f1)" 404 "$path"
done
is "$(get -X DELETE "$at/" | cut -d' ' -f1)" 405 "another method"
appeal() { get --data-urlencode "case=$1" --data-urlencode "ground=$2" "$at/banding" | cut -d' ' -f1; }
is "$(appeal "$second" 'singkat')" 422 "a ground of one word"
is "$(appeal 999 'Tidak ada kasus dengan nomor itu sama sekali.')" 422 "a case that is not there"
is "$(get -d 'case=1&ground=x&verdict=overturned' "$at/banding" | cut -d' ' -f1)" 400 "a field that the form does not have"
is "$(appeal "$second" 'Domain ini milik koperasi kami; data tidak pernah kami minta.')" 200 "an appeal"
receipt=$(grep -oE '[A-Za-z0-9]{26}' "$work/body" | head -n 1)
is "$(get "$at/keberatan/$receipt" | cut -d' ' -f1)" 200 "its receipt"
has "$(cat "$work/body")" "kasus-$second.html" "what it is about"
has "$("$saring" review show "$second" --json --state "$state" | jq -r .entry_state)" suspended "the entry"
lacks "$(cat "$work/run.log")" "koperasi" "a ground in the log"
kill "$pid" && wait "$pid" || true
