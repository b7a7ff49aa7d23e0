#!/bin/bash
# REVIEW, section 5, checks 9 to 14: rules, as their files, in a running season.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"

# checks FILE: that rule file alone, in a folder with the allow list
mkdir "$work/cek"
cp -r rules/allow rules/lists "$work/cek"
checks() {
    rm -f "$work"/cek/*.yml
    cp "$1" "$work/cek"
    "$saring" rules check "$work/cek"
}
not_loaded() { lined "$1" 1 "process=ingest event=rules_not_loaded .*$2"; }
# saved FILE SED: an edit, as an editor saves it
saved() {
    sed "$2" "$1" >"$work/edited"
    ! cmp -s "$work/edited" "$1" || fail "nothing is edited by $2"
    cp "$work/edited" "$1"
}
state_is() { [ "$(ask "SELECT state FROM cases WHERE id = $1")" = "$2" ]; }
file=$work/rules/fraud.yml
cp -r "$work/rules" "$work/kept"

check 9 'kelas keempat / a fourth class' 'pemuat aturan, buku kasus / rule loader, casebook'
for class in opinion hoaks Fraud '[fraud, claim]' '' null; do
    sed "s/class: fraud/class: $class/" "$file" >"$work/empat.yml"
    cli "a rule of class '$class'" '^.*empat.yml:[0-9]+:[0-9]+: galat/error' checks "$work/empat.yml"
done
sed '/class: fraud/d' "$file" >"$work/empat.yml"
cli 'a rule without a class' 'class' checks "$work/empat.yml"
sed '/^basis:/,/^  expires/d' "$file" >"$work/empat.yml"
cli 'a rule without a basis' 'basis' checks "$work/empat.yml"
verdict empat opinion http://opini.example/ >"$work/verdict.json"
cli 'a verdict from another process' 'class|opinion' sh -c '"$1" "$2" <"$3"' sh "$seed" "$state" "$work/verdict.json"
cli 'a proposal to change it' '.' review propose 1 sari --class opinion --kind entry
saved "$file" 's/class: fraud/class: opinion/'
not_loaded 'the running program' 'fraud.yml'
cp "$work/kept/fraud.yml" "$file"
same
done_check

check 10 'kelas atau bukti berubah sesudah disetujui / class or evidence changed after approval' 'buku kasus / casebook'
proposed sepuluh kpu-daftar.example
one=$id
answered rina
approval rina >/dev/null
proposed sebelas hadiah-palsu.example
answered rina
two=$id
picture >"$work/before"
grep '^daftar: ' "$work/before" >"$work/before.list"
has "$(cat "$work/before.list")" kpu-daftar.example 'an approved entry'
mark
saved "$file" 's/publisher: KPU Contoh/publisher: KPU Lain/'
wait_for 60 state_is "$one" void
wait_for 60 state_is "$two" void
cli 'an approval after it' 'void' approval rina
held 'the entry is removed' eval '[ "$(ask "SELECT state FROM entries WHERE case_id = $one")" = removed ]'
held 'and out of the lists' eval '! in_force | grep -q kpu-daftar'
held 'its row says so' eval "[ \"\$(ask \"SELECT count(*) FROM log WHERE action = 'void' AND case_id = $one\")\" = 1 ]"
lined 'voided' 1 'event=voided'
logged 'a late approval' 1 'void'
released
cp "$work/kept/fraud.yml" "$file"
wait_for 60 eval '[ "$(tail -n "+$((first_line + 1))" "$work/run.log" | grep -c "process=ingest event=rules_loaded")" -ge 2 ]'
held 'what is put back restores nothing' eval '[ "$(ask "SELECT state FROM entries WHERE case_id = $one")" = removed ]'
done_check

check 11 'klaim tanpa ClaimReview hidup di daftar, atau "menyesatkan" / claim without a live listed ClaimReview, or "misleading"' 'pemuat aturan, impor, buku kasus / rule loader, import, casebook'
for edit in 's/rating: Salah/rating: Menyesatkan/' 's/rating: Salah/rating: Sebagian benar/' 's/rating: Salah/rating: Benar/' \
    's/type: claimreview/type: fact/' 's|turnbackhoax.id/|kominfo.go.id/|' 's|turnbackhoax.id/|turnbackhoax.id.contoh.example/|' \
    "s/claim: 'Tinta pemilu beracun'/claim: ''/" 's/rated: 2026-11-01/rated: 2099-01-01/'; do
    sed "$edit" "$work/rules/claim.yml" >"$work/klaim.yml"
    ! cmp -s "$work/klaim.yml" "$work/rules/claim.yml" || fail "nothing is edited by $edit"
    cli "$edit" 'klaim.yml:[0-9]+:[0-9]+: galat/error' checks "$work/klaim.yml"
done
echo '{"url":"https://kominfo.go.id/3","claim":"Apa saja yang salah","rating":"Salah"}' >"$work/ulasan.ndjson"
cli "a state's checker" '.' "$saring" claims import "$work/ulasan.ndjson" --state "$state"
saved "$work/rules/claim.yml" 's/rating: Salah/rating: Menyesatkan/'
not_loaded 'the running program' 'claim.yml'
cp "$work/kept/claim.yml" "$work/rules/claim.yml"
same
# A review that is there and is taken back: its case is void.
cat >"$work/ulasan.ndjson" <<'J'
{"url":"https://turnbackhoax.id/2026/11/01/tinta","claim":"Tinta pemilu beracun","rating":"Salah","rated":"2026-11-01","publisher":"MAFINDO"}
J
clocked "$saring" claims import "$work/ulasan.ndjson" --state "$state" >/dev/null
claim=$(flag klaim claim http://kabar-tinta.example/)
clocked "$saring" claims withdraw https://turnbackhoax.id/2026/11/01/tinta --reason 'Halamannya ditarik.' --state "$state" >/dev/null
held 'a review that was withdrawn' wait_for 60 state_is "$claim" void
done_check

check 12 'fakta tata cara yang sudah lewat / an expired fact of procedure' 'pemuat aturan, program / rule loader, the running program'
for edit in "s/valid_from: 2026-09-01/valid_from: 2099-09-01/" 's/sha256: 7*/sha256: 77/'; do
    sed "$edit" "$work/rules/procedure.yml" >"$work/fakta.yml"
    cli "$edit" 'fakta.yml:[0-9]+:[0-9]+: galat/error' checks "$work/fakta.yml"
done
sed 's/valid_until: [0-9-]*/valid_until: 2026-10-01/' "$work/rules/procedure.yml" >"$work/fakta.yml"
held 'a rule whose fact is over is inactive' eval 'checks "$work/fakta.yml" | grep -q "inactive.*expired on 2026-10-01"'
cp "$work/fakta.yml" "$work/rules/procedure.yml"
lined 'the running program' 1 'process=ingest event=rules_loaded rules=2'
echo '{"id":"lewat","source":"uji","text":"ujiprocedure jadwal yang dulu"}' >&5
pagar=$(flag pagar fraud http://pagar-contoh.example/)
held 'and flags nothing' eval '[ -z "$(case_of lewat || true)" ]'
cp "$work/kept/procedure.yml" "$work/rules/procedure.yml"
lined 'the rule as it was' 1 'process=ingest event=rules_loaded rules=3'
procedure=$(flag duabelas procedure http://kabar-jadwal.example/)
picture >"$work/before"
cli 'an entry of class procedure' 'fraud' propose "$procedure" sari DOMAIN kabar-jadwal.example 20d
logged 'of class procedure' 1 'fraud'
same
done_check

check 13 'pendapat, satire, kesaksian, kampanye, pers, bantahan / opinion, satire, testimony, campaign, press, debunks' 'pemuat aturan, buku kasus / rule loader, casebook'
for kind in "$root"/rules/speech/*.ndjson; do
    words=$(head -n 1 "$kind" | jq -c '.text[0:24]')
    jq -rn --argjson words "$words" --rawfile rule "$file" '$rule | sub("text.words: .ujifraud."; "text|contains: \($words | tojson)")
        | sub("  match: .*"; "  match: [ { text: \($words | tojson) }, { text: \("a " + $words | tojson) }, { text: \("b " + $words | tojson) } ]")' >"$work/ucapan.yml"
    cli "a rule that matches $(basename "$kind" .ndjson)" "speech/$(basename "$kind" .ndjson)/001" checks "$work/ucapan.yml"
done
speech=$(flag tigabelas fraud http://ucapan-warga.example/)
lease=$(review claim "$speech" sari --json | jq .lease)
picture >"$work/before"
mark
for test in opinion satire testimony campaign press debunk official hacked wider; do
    cli "a proposal about $test" "$test" propose "$speech" sari DOMAIN ucapan-warga.example 20d --lease "$lease" --answers "${no/$test=no/$test=yes}"
done
logged 'proposals' 9 'satire'
cp "$work/ucapan.yml" "$work/rules/ucapan.yml"
not_loaded 'the running program' 'ucapan.yml'
rm "$work/rules/ucapan.yml"
same
for test in opinion satire testimony campaign press debunk official hacked wider; do
    copy_state "$work/state.$test"
    (
        state=$work/state.$test
        propose "$speech" sari DOMAIN ucapan-warga.example 20d --lease "$lease" >/dev/null
        fresh rina
        review answer "$speech" rina --answers "${no/$test=no/$test=yes}" >/dev/null
        review approve "$speech" rina --bytes >"$work/$speech.json" 2>/dev/null || true
        id=$speech
        cli "an approver who finds $test" 'your own answers' approval rina
    )
    tries=$((tries + 1))
done
done_check

check 14 'ReDoS' 'pemuat aturan, mesin / rule loader, engine'
for regex in '(a+)+!' '(\w+\s?)*!' '^(klik|kl?ik)+$' '(a|a)*b' '((a*)*)*c' '(?R)?x' '(*UCP)x' '(((a{99}){99}){9}){9}' '(?C1)x'; do
    sed "s/text|words: \[ujifraud\]/'text|re': '$regex'/" "$file" >"$work/lambat.yml"
    cli "$regex" 'lambat.yml:[0-9]+:[0-9]+: galat/error' checks "$work/lambat.yml"
done
sed "s/text|words: \[ujifraud\]/'text|re': '(\\\\w+\\\\s?)*!'/" "$file" >"$work/rules/lambat.yml"
not_loaded 'the running program' 'lambat.yml'
rm "$work/rules/lambat.yml"
same
done_check
