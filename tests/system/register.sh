#!/bin/bash
# The public register: static pages, data with its chain of hashes and a feed, of what was decided and of
# nothing else; small pages, no names, targets that nobody opens by a slip.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
need xmllint
new_key rina
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Lembaga Pantau Contoh" independent >/dev/null
site=$work/situs
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
    xmllint --html --noout "$file" 2>/dev/null || fail "$file is no HTML"
done
xmllint --noout "$site/perubahan.atom" || fail "the feed is no XML"
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

# The running program writes them by itself.
"$saring" run --help >/dev/null
printf 'state: %s\npublic: { folder: %s }\nconsole: { port: 0 }\n' "$state" "$work/sendiri" >"$work/saring.yml"
chmod -R a+rX "$work"
mkdir -m 777 "$work/sendiri"
start run "$saring" run -c "$work/saring.yml"
wait_for 60 test -s "$work/sendiri/kasus-$id.html"
kill "$pid" && wait "$pid" || true
