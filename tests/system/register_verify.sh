#!/bin/bash
# The public data away from here: signed by the key of the lists, verified by stock tools and by saring
# register verify; each file tampered with is refused, and so is a register that was rolled back.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
site=$work/situs
register() { clocked "$saring" register --out "$site" --state "$state" 2>"$work/register.log"; }
verify() { "$saring" register verify "$@"; }

# A demonstration is signed by a key that is thrown away, and says so.
new_key rina
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Mitra Cek Contoh" independent >/dev/null
demo=$(list_entry peragaan DOMAIN peragaan-palsu.com 5d)
register
has "$(verify "$site" 2>&1)" 'PERAGAAN' "a demonstration"
[ ! -e "$state/list.key" ] || fail "a demonstration made a key"
rm -r "$state" "$site"
rm -f "$work"/rina* "$work"/*.pw

start_season >/dev/null
first=$(list_entry satu DOMAIN kpu-daftar.com 20d)
register
cp -r "$site" "$work/kemarin"
ahead=$((ahead + 60))
second=$(list_entry dua HOST bansos-palsu.com 20d)
review remove "$first" rina --reason 'Domainnya sudah kembali ke pemiliknya.' >/dev/null
register

# With stock tools: the key that the lists are verified by.
cmp "$site/saring.pub" "$state/list.pub"
echo "saring $(cut -d' ' -f1,2 "$state/list.pub")" >"$work/allowed"
ssh-keygen -q -Y verify -f "$work/allowed" -I saring -n saring -s "$site/manifest.sig" <"$site/manifest.json"
jq -r '.files[] | "\(.sha256)  \(.name)"' "$site/manifest.json" >"$work/sums"
(cd "$site" && sha256sum --quiet -c "$work/sums")
jq -e '.demo == false and (.files | length) >= 5' "$site/manifest.json" >/dev/null || fail "the manifest"
is "$(tail -n 1 "$site/register.ndjson" | tr -d '\n' | sha256sum | cut -d' ' -f1)" "$(jq -r .head.hash "$site/manifest.json")" "the head"

# With our own: the signature, the chain, and what people signed in it.
verify "$site" --key "$state/list.pub" --json >"$work/said.json"
jq -e '.intact and .pinned and (.demo | not) and .rows > 2 and .signatures >= 4' "$work/said.json" >/dev/null ||
    fail "what verify says: $(cat "$work/said.json")"
verify "$site" --witness "$work/kemarin/head.json" >/dev/null 2>&1
verify "$site" --witness "$work/kemarin/manifest.json" >/dev/null 2>&1
verify "$site" --witness "$(jq -r .hash "$work/kemarin/head.json")" >/dev/null 2>&1
is "$(jq -s 'map(select(.state == "active")) | length' "$site/entries.ndjson")" 1 "entries in force"
is "$(jq -rs 'map(select(.ended == "remove"))[0].target' "$site/entries.ndjson")" kpu-daftar.com "the one that is over"
python3 - "$site" <<'END'
import csv, json, sys
for name in ("register", "entries"):
    rows = list(csv.DictReader(open(f"{sys.argv[1]}/{name}.csv", newline="")))
    assert rows, name
    for row in rows:
        for value in row.values():
            assert value[:1] not in ("=", "+", "-", "@", "\t"), value
END

# Nothing new is nothing written; a day later the manifest is signed anew.
register
has "$(cat "$work/register.log")" " 0 berkas" "nothing new"

# Abuse 29: a register that was rolled back is whole in itself, and is not what was witnessed.
verify "$work/kemarin" --key "$state/list.pub" >/dev/null 2>&1
refused 'disaksikan' verify "$work/kemarin" --key "$state/list.pub" --witness "$site/head.json"
refused 'disaksikan' verify "$work/kemarin" --witness "$(jq -r .hash "$site/head.json")"

# Each file tampered with, taken away, put beside; another key; a chain cut, with a manifest made for it.
ssh-keygen -q -t ed25519 -N '' -C asing -f "$work/asing"
refused 'manifest.sig' verify "$site" --key "$work/asing.pub"
tampered() { rm -rf "$work/salinan" && cp -r "$site" "$work/salinan"; }
for file in $(jq -r '.files[].name' "$site/manifest.json") manifest.json; do
    tampered
    python3 -c 'import sys; p = sys.argv[1]; b = bytearray(open(p, "rb").read()); b[len(b) // 2] ^= 1; open(p, "wb").write(b)' \
        "$work/salinan/$file"
    refused "$file\|manifest.sig" verify "$work/salinan"
done
tampered
head -c 200 /dev/urandom >"$work/salinan/manifest.sig"
refused 'manifest.sig' verify "$work/salinan"
tampered
cp "$work/kemarin/register.ndjson" "$work/salinan/register.ndjson"
refused 'register.ndjson' verify "$work/salinan"
tampered
echo '{}' >"$work/salinan/tambahan.ndjson"
refused 'tambahan.ndjson' verify "$work/salinan"
tampered
rm "$work/salinan/entries.csv"
status=0
verify "$work/salinan" >/dev/null 2>&1 || status=$?
is $status 2 "a file that is not there"

# Whoever has a key can sign a folder, not a chain that does not hold: rows left out, exchanged, edited.
forge() { # EDIT: a jq-free edit of the rows by Python, then a manifest and a signature by another key
    tampered
    python3 - "$work/salinan" "$1" "$(ssh-keygen -l -f "$work/asing.pub" | cut -d' ' -f2)" <<'END'
import hashlib, json, sys
folder, edit, key = sys.argv[1:]
path = folder + "/register.ndjson"
rows = open(path).read().splitlines()
def changed(row, change): # CHANGE: of the row itself, what its two signed stays beside it
    row = json.loads(row); bytes_ = packed(row["decision"]); change(row, bytes_); return packed(row)
def packed(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def other(row, bytes_): # a decision that nobody signed, beside bytes that two did
    row["decision"]["target"] = "lain.example"
    for one in row["signatures"]: one["signed"] = bytes_
def unsigned(row, bytes_): row["signatures"] = []
def once(row, bytes_): row["signatures"] = row["signatures"][:1]
def twice(row, bytes_): row["signatures"] = row["signatures"][:1] * 2
active = [row for row in rows if json.loads(row).get("entry", {}).get("state") == "active"][-1]
until = rows[:rows.index(active)]
rows = eval(edit)
open(path, "w").write("".join(row + "\n" for row in rows))
manifest = json.load(open(folder + "/manifest.json"))
for file in manifest["files"]:
    data = open(f"{folder}/{file['name']}", "rb").read()
    file["sha256"], file["bytes"] = hashlib.sha256(data).hexdigest(), len(data)
manifest["key"] = key
manifest["head"] = {"hash": hashlib.sha256(rows[-1].encode()).hexdigest(), "seq": json.loads(rows[-1])["seq"]}
open(folder + "/manifest.json", "w").write(json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
END
    cp "$work/asing.pub" "$work/salinan/saring.pub"
    rm -f "$work/salinan/manifest.sig"
    ssh-keygen -q -Y sign -n saring -f "$work/asing" "$work/salinan/manifest.json" 2>/dev/null
    mv "$work/salinan/manifest.json.sig" "$work/salinan/manifest.sig"
}
forge 'rows'
verify "$work/salinan" >/dev/null 2>&1 || fail "the forgery itself is sound"
refused 'manifest.sig' verify "$work/salinan" --key "$state/list.pub"
forge 'rows[:1] + rows[2:]'
refused 'rantai' verify "$work/salinan"
forge '[rows[1], rows[0]] + rows[2:]'
refused 'rantai' verify "$work/salinan"
forge 'rows[:-1] + [rows[-1].replace("OTP", "PIN")]'
refused 'register.ndjson' verify "$work/salinan"
forge 'rows[:-1] + [changed(rows[-1], other)]'
refused 'bukan keputusan baris ini' verify "$work/salinan"
forge 'until + [active]'
verify "$work/salinan" >/dev/null 2>&1 || fail "an active entry of two"
for edit in unsigned once; do
    forge "until + [changed(active, $edit)]"
    refused 'tanpa dua tanda tangan' verify "$work/salinan"
done
forge 'until + [changed(active, twice)]'
refused 'satu kunci' verify "$work/salinan"

# Masked: whoever was listed wrongly is named no more, and the chain holds as it did.
mask() {
    clocked "$saring" register mask "$1" --user "$2" --password-file "$work/$2.pw" --state "$state" \
        --reason 'Pemiliknya meminta; domainnya keliru didaftar.'
}
grep -rq kpu-daftar "$site" || fail "it is named before"
refused 'hanya penyetuju' mask "$first" sari
refused 'hanya entri' mask "$second" rina
mask "$first" rina >/dev/null
refused 'sudah disamarkan' mask "$first" rina
register
if grep -rlE 'kpu-daftar|sudah kembali' "$site"; then fail "it is named still"; fi
grep -q bansos-palsu "$site/register.ndjson" || fail "another is not named"
has "$(cat "$site/kasus-$first.html")" 'Disamarkan' "its record"
has "$(cat "$site/kasus-$first.html")" 'Mitra Cek Contoh' "who decided stays public"
verify "$site" --key "$state/list.pub" --witness "$work/kemarin/head.json" --json 2>/dev/null >"$work/said.json"
jq -e '.intact and .masked >= 3' "$work/said.json" >/dev/null || fail "a masked register: $(cat "$work/said.json")"
"$saring" audit verify --state "$state" >/dev/null || fail "the log"
register
has "$(cat "$work/register.log")" " 0 berkas" "nothing new"

# The key is the same after the season, and the listener serves all of it.
for name in manifest.json manifest.sig saring.pub head.json; do [ -s "$site/$name" ] || fail "no $name"; done
[ "$demo" -gt 0 ] && [ "$second" -gt 0 ]
