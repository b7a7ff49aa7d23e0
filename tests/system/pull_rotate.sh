#!/bin/bash
# saring-pull and keys that change: a new key that the organisation's pinned one certified counts without
# being pinned anew, whoever else certifies counts for nothing, and a key that the independent
# organisation revokes in its removals signs nothing more, whatever the server says.
. "$(dirname "$0")/lib.sh"
need jq
need python3
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"

start_season
list_entry satu DOMAIN kpu-daftar.example 20d >/dev/null
start_publisher
mkdir "$work/hosts.lists"
reloads hosts true
blocked() { grep -v '^#' "$work/hosts.lists/saring.hosts" | awk 'NF { print $2 }' | sort -u | tr '\n' ' '; }
said() { cat "$work/pull.hosts.log"; }
fetch_into hosts
is "$(blocked)" "kpu-daftar.example " "a list by the pinned keys"
[ ! -e "$web/lists/keys.ndjson" ] || fail "certificates of nobody"

# Rina's computer is replaced: a new key, certified by the old one.
cp "$work/rina" "$work/lama"
cp "$work/rina.pub" "$work/lama.pub"
new_key baru
user() { clocked "$saring" user "$@" --state "$state"; }
user key rina --key "$work/baru.pub" --reason 'Komputer diganti.' >/dev/null
user certificate rina >"$work/sertifikat"
cp "$work/sertifikat" "$work/oleh-tono"
sign tono "$work/oleh-tono"
refused "no key of" user certify rina --signature "$work/oleh-tono.sig"
sign lama "$work/sertifikat"
user certify rina --signature "$work/sertifikat.sig" >/dev/null
mv "$work/baru" "$work/rina"
mv "$work/baru.pub" "$work/rina.pub"
list_entry dua DOMAIN undian-palsu.example 20d >/dev/null
publish
fetch_into hosts
is "$(blocked)" "kpu-daftar.example undian-palsu.example " "an entry by a certified key, and one by the key before"
# Also from what is kept, without a network.
rm "$work/hosts.lists/saring.hosts"
jq -cSj '.installed = {}' "$work/hosts.pull/pull.json" >"$work/memory"
cp "$work/memory" "$work/hosts.pull/pull.json"
pull_into hosts 0 --lapse
is "$(blocked)" "kpu-daftar.example undian-palsu.example " "the same without a network"
# The new key signs removals, too.
id=$(jq -r 'select(.entry | fromjson | .target == "undian-palsu.example").entry' "$web/lists/entries.ndjson" | tr -d '\n' |
    sha256sum | cut -d' ' -f1)
removals "$id"
fetch_into hosts
is "$(blocked)" "kpu-daftar.example " "a removal by the certified key"

# lie LINE…: the server, which has the list's key, publishes these certificates and the entries of $work/lines
new_key server
cp "$work/lama" "$work/rina" # who remembers nothing knows the pinned key alone
cp "$work/lama.pub" "$work/rina.pub"
removals
cp "$work/server.pub" "$work/pins/list.pub"
rm -rf "$work/hosts.pull"
cp "$web/lists/entries.ndjson" "$work/lines"
serial=$(date +%s)
lie() {
    serial=$((serial + 1))
    rm -rf "$web/lists" "$web"/lists.*
    mkdir "$web/lists"
    cp "$work/lines" "$web/lists/entries.ndjson"
    printf '%s\n' "$@" >"$web/lists/keys.ndjson"
    jq -ncSj --arg sha "$(sha256sum <"$work/lines" | cut -d' ' -f1)" --argjson bytes "$(stat -c %s "$work/lines")" \
        --arg keys "$(sha256sum <"$web/lists/keys.ndjson" | cut -d' ' -f1)" --argjson size "$(stat -c %s "$web/lists/keys.ndjson")" \
        --arg made "$(date -u +%FT%TZ)" --arg until "$(date -u -d '+20 hours' +%FT%TZ)" --argjson serial $serial \
        --arg zero "$(printf '%064d' 0)" \
        '{demo: false, files: [{bytes: $bytes, format: "entries", name: "entries.ndjson", sha256: $sha},
          {bytes: $size, format: "keys", name: "keys.ndjson", sha256: $keys}], head: $zero,
          made: $made, serial: $serial, type: "saring-manifest-1", valid_until: $until}' >"$web/lists/manifest.json"
    sign server "$web/lists/manifest.json"
}
# certificate KEY ROLE SIGNER: a line, as keys.ndjson has it
certificate() {
    jq -ncSj --arg key "$(cut -d' ' -f1,2 "$work/$1.pub")" --arg role "$2" \
        --arg season "$(sha256sum <"$work/pins/season.json" | cut -d' ' -f1)" \
        '{key: $key, name: "x", organisation: "mitra cek contoh", role: $role, season: $season,
          since: "2026-01-01T00:00:00Z", type: "saring-key-1"}' >"$work/one"
    sign "$3" "$work/one"
    jq -ncS --rawfile certificate "$work/one" --rawfile signature "$work/one.sig" --arg signer "$(cut -d' ' -f1,2 "$work/$3.pub")" \
        '{$certificate, $signature, $signer}'
}
# An approval by a key that the server made up: certified by itself, by the team, by the list's key.
new_key palsu
jq -j .entry "$work/lines" | head -c "$(jq -r .entry "$work/lines" | head -n 1 | tr -d '\n' | wc -c)" |
    sed 's/kpu-daftar.example/tiruan-palsu.example/g' >"$work/e"
for who in tono palsu; do
    sign $who "$work/e"
    mv "$work/e.sig" "$work/e.$who"
done
jq -ncS --rawfile entry "$work/e" --arg rk "$(cut -d' ' -f1,2 "$work/tono.pub")" --arg ak "$(cut -d' ' -f1,2 "$work/palsu.pub")" \
    --rawfile one "$work/e.tono" --rawfile two "$work/e.palsu" \
    '{approver: {key: $ak, signature: $two}, entry: $entry, reviewer: {key: $rk, signature: $one}}' >>"$work/lines"
lie "$(certificate palsu independent palsu)" "$(certificate palsu independent tono)" \
    "$(certificate palsu independent server)" "$(certificate palsu team lama)"
fetch_into hosts
has "$(said)" "key of its approver is none that is pinned" "a key that nobody of the organisation certified"
lacks "$(blocked)" tiruan "an entry by it"
# With the organisation's own certificate it would count: the chain is what is asked.
lie "$(certificate palsu independent lama)"
fetch_into hosts
has "$(blocked)" "tiruan-palsu.example" "an entry by a key that the organisation certified"

# It was stolen: the organisation revokes it where the server has no say.
removals_revoking() {
    removals
    jq -cSj --arg key "$(cut -d' ' -f1,2 "$work/palsu.pub")" '. + {revoked: [$key]}' "$web/cabut/removals.json" >"$work/r"
    mv "$work/r" "$web/cabut/removals.json"
    sign lama "$web/cabut/removals.json"
}
removals_revoking
lie "$(certificate palsu independent lama)"
fetch_into hosts
lacks "$(blocked)" tiruan "an entry by a revoked key"
# A later file that does not name it brings it no life.
removals
lie "$(certificate palsu independent lama)"
fetch_into hosts
lacks "$(blocked)" tiruan "an entry by a key that was revoked before"

# Certificates that are not those of the manifest: no new list.
lie "$(certificate palsu independent lama)"
echo '{}' >>"$web/lists/keys.ndjson"
pull_into hosts 1 "http://127.0.0.1:$web_port/lists" --removals "http://127.0.0.1:$web_port/cabut/removals.json"
grep -qE "longer than|not the one that the manifest names" "$work/pull.hosts.log" || fail "altered certificates: $(said)"
echo ok
