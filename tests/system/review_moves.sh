#!/bin/bash
# The moves beyond proposing and approving, from the terminal: the 24-hour lane, appeals, restoring,
# holding, merging, splitting, a referral's answer; with the words of the table.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"

for name in budi rina nina; do new_key "$name"; done
add_user sari "Tim Siber Contoh" team
add_user budi "Tim Siber Contoh" team
add_user rina "Lembaga Pantau Contoh" independent
add_user nina "Panel Contoh" appeals
field() { "$saring" review show "$1" --json --state "$state" | jq -r ".$2"; }
signed() { # signed VERB ID NAME: what is there for NAME to sign, signed, and the move
    review "$1" "$2" "$3" --bytes >"$work/$3.json"
    sign "$3" "$work/$3.json"
    review "$1" "$2" "$3" --signature "$work/$3.json.sig" --conflict 'tidak ada'
}
lists() { "$saring" export csv --state "$state" 2>/dev/null; }

# Two reviewers put it in force for 24 hours; the appeal of anybody takes it out.
urgent=$(flag satu fraud http://tipu-satu.example/)
echo "tangkapan sari" >"$work/sari.png"
echo "tangkapan budi" >"$work/budi.png"
offer() {
    review urgent "$urgent" sari --kind entry --scope HOST --target tipu-satu.example --harvest personal_data \
        --evidence "$work/sari.png" --observed 30m --end 20d --reason "$facts" --answers "$no" --conflict 'tidak ada' \
        --milder 'Tidak ada: datanya diambil sekarang.' --second budi --second-evidence "$work/budi.png" \
        --on-call rina --told 10m --registrant 'surel ke abuse registrar' "$@"
}
refused 'within the last 2 hours' offer --second-at 3h
refused '2 jam terakhir' offer --second-at 3h
offer --second-at 20m | grep -q 'claimed' || fail "the offer keeps the case claimed"
is "$(field "$urgent" offered_by)" sari "who offered it"
lacks "$(lists)" tipu-satu.example "one is not two"
has "$(signed urgent "$urgent" budi)" "urgent" "the second signs"
is "$(field "$urgent" entry_state)" provisional "the entry"
has "$(lists)" tipu-satu.example "in force with two"
said=$("$saring" review lodge "$urgent" --ground 'Situs itu milik koperasi kami, bukan tiruan.' --state "$state")
has "$said" "the entry is suspended" "an appeal by anybody"
lacks "$(lists)" tipu-satu.example "out of force with an appeal"
has "$("$saring" review appeals --state "$state")" "koperasi" "the panel's list"
refused 'bukan wewenang rina' review uphold "$urgent" rina --reason 'sudah diperiksa'
review overturn "$urgent" nina --reason 'Pemiliknya menunjukkan akta.' >/dev/null
is "$(field "$urgent" state)" closed "an appeal that is overturned"

# One suspends; who proposed it asks, and the approver signs anew.
listed=$(flag tiga fraud http://tipu-tiga.example/)
echo "tangkapan lain" >"$work/lain.png"
review propose "$listed" sari --kind entry --scope HOST --target tipu-tiga.example --harvest money --evidence "$work/lain.png" \
    --observed now --end 20d --reason "$facts" --answers "$no" --conflict 'tidak ada' --milder 'Tidak ada.' >/dev/null
review answer "$listed" rina --answers "$no" >/dev/null
has "$(signed approve "$listed" rina)" listed "approved"
review suspend "$listed" budi --reason 'Ragu: situsnya berubah.' >/dev/null
lacks "$(lists)" tipu-tiga.example "suspended by one"
review restore "$listed" sari --reason 'Panennya masih ada.' >/dev/null
lacks "$(lists)" tipu-tiga.example "asking is not restoring"
signed restore "$listed" rina >/dev/null
has "$(lists)" tipu-tiga.example "restored by two"

# Upheld by the panel: the entry is back with its signature, over those bytes and by that key alone.
"$saring" review lodge "$listed" --ground 'Situs itu milik koperasi kami, bukan tiruan.' --state "$state" >/dev/null
lacks "$(lists)" tipu-tiga.example "suspended by an appeal"
review uphold "$listed" nina --reason 'Panennya terbukti.' --bytes >"$work/putusan.json"
is "$(jq -r '.type, .case, .result, .reason, .organisation' "$work/putusan.json" | paste -sd'|')" \
    "saring-appeal-1|$listed|upheld|Panennya terbukti.|panel contoh" "the bytes in words"
is "$(jq -r .entry "$work/putusan.json")" "$(field "$listed" entry)" "the entry"
sign nina "$work/putusan.json"
decided() { review uphold "$listed" nina --proposal "$1" --signature "$2"; }
sed 's/terbukti/ternyata tidak terbukti/' "$work/putusan.json" >"$work/lain.json"
refused 'the signature' decided "$work/lain.json" "$work/putusan.json.sig"
jq -jcS '.appeal += 1' "$work/putusan.json" >"$work/lain.json"
sign nina "$work/lain.json"
refused 'another appeal' decided "$work/lain.json" "$work/lain.json.sig"
echo >>"$work/lain.json"
refused 'as saring writes it' decided "$work/lain.json" "$work/lain.json.sig"
cp "$work/putusan.json" "$work/lain.json"
sign rina "$work/lain.json"
refused 'the signature' decided "$work/putusan.json" "$work/lain.json.sig"
lacks "$(lists)" tipu-tiga.example "nothing of that put it back"
decided "$work/putusan.json" "$work/putusan.json.sig" >/dev/null
has "$(lists)" tipu-tiga.example "upheld and signed"
"$saring" register --out "$work/register" --origin https://register.example --state "$state" 2>/dev/null
grep "\"case\":$listed," "$work/register/register.ndjson" | tail -n 1 | jq -j '.appeals[0].signed' | cmp - "$work/putusan.json" || fail "the register's bytes"
grep "\"case\":$listed," "$work/register/register.ndjson" | tail -n 1 | jq -r '.appeals[0].signature' >"$work/register.sig"
printf 'nina namespaces="saring" %s\n' "$(cut -d' ' -f1,2 "$work/nina.pub")" >"$work/signers"
ssh-keygen -q -Y verify -n saring -f "$work/signers" -I nina -s "$work/register.sig" <"$work/putusan.json" >/dev/null || fail "anyone can verify it"
has "$(cat "$work/register/kasus-$listed.html")" "BEGIN SSH SIGNATURE" "the record's page"

# Held with a question, back with the answer; merged; a case like one that was dismissed.
held=$(flag empat fraud http://tipu-empat.example/)
review hold "$held" sari --reason 'Apakah ini situs desa?' >/dev/null
is "$(field "$held" state)" held "held"
review release "$held" budi --reason 'Bukan, desa itu tidak ada.' >/dev/null
other=$(flag lima fraud http://tipu-lima.example/)
review merge "$held" sari --into "$other" --reason 'Penipuan yang sama.' >/dev/null
is "$(field "$held" merged_into)" "$other" "merged into"
is "$(field "$other" copies)" 2 "both posts"
lease=$(review claim "$other" sari --json | jq .lease)
part=$(review split "$other" sari --posts "$(field "$other" 'posts[1].number')" --lease "$lease" --reason 'Dua hal.' --json | jq .other)
is "$(field "$part" state)" flagged "split off"
review dismiss "$part" budi --reason 'Satire yang mengutip.' >/dev/null

# A referral and what its recipient said.
claim=$(flag enam claim http://kabar-enam.example/)
review propose "$claim" sari --kind referral --recipient platform --recipient-name TikTok --url https://contoh-forum.example/enam \
    --claim 'Pendaftaran pemilih ditutup besok.' \
    --evidence "$work/sari.png" --observed now --reason "$facts" --answers "$no" --conflict 'tidak ada' --milder 'Koreksi sudah terbit.' >/dev/null
review answer "$claim" rina --answers "$no" >/dev/null
signed approve "$claim" rina >/dev/null
review refer "$claim" sari >/dev/null
review reply "$claim" sari --reason 'Platform menghapus kirimannya.' >/dev/null
is "$(field "$claim" state)" answered "the recipient's answer"
"$saring" review lodge "$claim" --ground 'Kiriman itu benar adanya, ini buktinya.' --state "$state" >/dev/null
is "$(field "$claim" disputed)" true "the recipient hears of it"
refused 'signature is missing' review uphold "$claim" nina --reason 'Buktinya tidak mendukung.'
panel uphold "$claim" nina 'Buktinya tidak mendukung.' >/dev/null
is "$(field "$claim" disputed)" false "decided"
refused 'no such appeal' review uphold "$claim" nina --reason 'Sekali lagi.'
has "$("$saring" audit verify --state "$state")" "utuh" "the chain"
echo ok
