#!/bin/bash
# Without a season all is a demonstration: its lists say so, their key is thrown away, and nothing
# of it enters the season that starts later. Also where a list cannot be written.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"

new_key rina
add_user sari "Tim Siber Contoh" team
add_user rina "Mitra Cek Contoh" independent
id=$(list_entry satu DOMAIN kpu-daftar.example 30d)
for name in satu dua; do
    "$saring" export rpz --state "$state" >"$work/$name.rpz"
    has "$(cat "$work/$name.rpz")" "PERAGAAN" "a demonstration"
    has "$(cat "$work/$name.rpz")" "*.kpu-daftar.example CNAME ." "a demonstration"
done
key() { sed -n 's/^; kunci \/ key: //p' "$work/$1.rpz"; }
[ -n "$(key satu)" ] && [ "$(key satu)" != "$(key dua)" ] || fail "the demo key was kept"
[ ! -e "$state/list.key" ] || fail "a list key without a season"
serial() { sed -n 's/^; serial: //p' "$work/$1.rpz"; }
[ "$(serial dua)" -gt "$(serial satu)" ] || fail "the serial did not grow"

# The signature under a printed list is over what stands above it.
sed '/^; -----BEGIN/,$d' "$work/satu.rpz" >"$work/badan"
sed -n '/^; -----BEGIN/,$ s/^; //p' "$work/satu.rpz" >"$work/badan.sig"
ssh-keygen -Y check-novalidate -n saring -s "$work/badan.sig" <"$work/badan" >/dev/null || fail "signature of a printed list"

"$saring" export all --out "$work/semua" --json --state "$state" >"$work/manifest" 2>"$work/all.log"
is "$(jq -r '.demo, .entries' "$work/manifest" | xargs)" "true 1" "the manifest of a demonstration"
# The entry ends in 30 days; a list is valid for 24 hours all the same (limit 7).
valid() { echo $(($(date -d "$(jq -r .valid_until "$work/manifest")" +%s) - $(date -d "$(jq -r .made "$work/manifest")" +%s))); }
is "$(valid)" 86400 "how long a list is valid, in seconds"
for file in $(jq -r '.files[].name' "$work/manifest"); do
    is "$(sha256sum <"$work/semua/$file" | cut -d' ' -f1)" "$(jq -r --arg name "$file" '.files[] | select(.name == $name).sha256' "$work/manifest")" "$file"
    ssh-keygen -Y check-novalidate -n saring -s "$work/semua/$file.sig" <"$work/semua/$file" >/dev/null || fail "signature of $file"
done
has "$(cat "$work/all.log")" "only the name itself" "hosts says that it blocks less"

# Where it cannot be written, it says so, and what was there stays.
status=0
"$saring" export rpz --state "$state" >/dev/full 2>"$work/full.log" || status=$?
is "$status" 2 "a full disk"
status=0
"$saring" export rpz --out /proc/saring/daftar --state "$state" 2>/dev/null || status=$?
is "$status" 2 "a folder that cannot be written"
for wrong in "" "bind" "rpz hosts" "rpz --zone a..b" "all" "rpz --colour"; do
    status=0
    # shellcheck disable=SC2086
    "$saring" export $wrong --state "$state" >/dev/null 2>&1 || status=$?
    is "$status" 2 "export $wrong"
done

# A season begins: the demonstration is void, and its signatures are worth nothing in it.
rm "$work/rina" "$work/rina.pub"
new_key tono
new_key wati
add_user tono "Tim Siber Contoh" team
add_user wati "Mitra Cek Contoh" independent
"$saring" season new --name "Pilkada Contoh" --end "$(date -u -d '+60 days' +%F)" --out "$work/musim.json" --state "$state"
for name in tono wati; do
    sign "$name" "$work/musim.json"
    mv "$work/musim.json.sig" "$work/$name.sig"
done
"$saring" season start "$work/musim.json" --team "$work/tono.sig" --independent "$work/wati.sig" --state "$state" >/dev/null
"$saring" export rpz --state "$state" >"$work/musim.rpz"
lacks "$(cat "$work/musim.rpz")" CNAME "an entry of the demonstration"
lacks "$(cat "$work/musim.rpz")" PERAGAAN "a list of the season"
has "$(cat "$work/musim.rpz")" "Pilkada Contoh" "a list of the season"
[ -n "$id" ] && [ -e "$state/list.key" ] || fail "no list key in a season"
echo ok
