#!/bin/bash
# A case from flagged to listed and removed, by people with keys; and every way round them, each of
# which must be refused, say why, and change nothing.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"

status=0
"$saring" export rpz --state "$state" 2>"$work/none.log" || status=$?
is "$status" 2 "an export without a casebook"

# People: budi's office answers to the team's; the others are of an administrator, an auditor, the
# appeal panel, and a second approver of rina's organisation.
for name in budi gita nina; do new_key "$name"; done
add_user budi "Dinas Contoh" independent --ties "Tim Siber Contoh"
add_user gita "Mitra Cek Contoh" independent
add_user nina "Panel Contoh" appeals
add_user adi "Kantor Contoh" admin
add_user tuti "Kantor Audit Contoh" auditor
cp "$work/gita.pub" "$work/kembar.pub"
refused 'key' add_user kembar "Mitra Lain Contoh" independent
rm "$work/kembar.pub"
refused 'key' add_user tanpa "Mitra Lain Contoh" independent
status=0
printf 'pendek\n' >"$work/pendek.pw"
# As long ago as the others were made: the refusal is a row, and nobody's account is older than the log.
ahead=$((-100 * 3600)) clocked "$saring" user add pendek --org X --kind admin --state "$state" --password-file "$work/pendek.pw" 2>/dev/null || status=$?
is "$status" 1 "a password of six characters"

# A season takes both signatures over the very bytes, by keys of two organisations.
new_key tono
new_key rina
add_user sari "Tim Siber Contoh" team
add_user tono "Tim Siber Contoh" team
add_user rina "Mitra Cek Contoh" independent
new_key ganda
refused 'organi\|team' add_user ganda "Tim Siber Contoh" independent
"$saring" season new --name "Pilkada Contoh" --end "$(date -u -d '+25 days' +%FT00:00:00Z)" --out "$work/musim.json" --state "$state"
start_with() { "$saring" season start "$work/musim.json" --team "$work/$1.sig" --independent "$work/$2.sig" --state "$state"; }
for name in tono rina budi; do
    sign "$name" "$work/musim.json"
    mv "$work/musim.json.sig" "$work/$name.sig"
done
sed 's/Contoh/Lain/' "$work/musim.json" >"$work/lain.json"
sign rina "$work/lain.json"
refused '' start_with tono tono
refused '' start_with rina tono
refused 'tied' start_with tono budi
refused '' start_with tono lain.json
is "$("$saring" season show --state "$state" 2>&1 || true)" "tidak ada musim, ini peragaan / no season, this is a demonstration" "no season yet"
start_with tono rina
has "$("$saring" season show --state "$state")" "Pilkada Contoh" "the season"
refused 'season' start_with tono rina
enrol rina

# What strangers wrote is shown, not obeyed; links are no links; the rule says why.
id=$(flag satu fraud http://kpu-daftar.example/)
page=$("$saring" review show "$id" --state "$state")
has "$page" "[[Verifikasi]] NIK" "the span is marked"
has "$page" "hxxp://kpu-daftar[.]example/" "a link is defanged"
lacks "$page" "http://kpu-daftar.example" "a link is defanged"
has "$page" "Meminta NIK di situs yang bukan milik KPU." "the rule in words"
has "$page" "KPU Contoh, https://contoh-kpu.example/resmi" "its evidence"
has "$("$saring" review list --state "$state")" "#$id" "the queue"
verdict jahat fraud http://jahat.example/ | jq -c '.post.title = "a\u001b]0;x\u0007b\u202ec"' >"$work/evil.json"
clocked "$seed" "$state" <"$work/evil.json" >/dev/null
evil=$("$saring" review list --json --state "$state" | jq -s 'map(.id) | max')
page=$("$saring" review show "$evil" --state "$state")
has "$page" 'a\u{1B}]0;x\u{07}b\u{202E}c' "control characters are spelled out"
review dismiss "$evil" sari --reason 'Bukan penipuan.' >/dev/null
refused '' review dismiss "$evil" sari --reason 'Sekali lagi.'

# Signing in.
printf 'salah sama sekali\n' >"$work/hantu.pw"
refused '' review claim "$id" hantu
said=$(cat "$work/refused.err")
cp "$work/sari.pw" "$work/kept.pw"
cp "$work/hantu.pw" "$work/sari.pw"
refused '' review claim "$id" sari
is "$(cat "$work/refused.err")" "$said" "a wrong password and an unknown name sound alike"
mv "$work/kept.pw" "$work/sari.pw"

# Claims: the team's, one at a time, with a token.
refused '' review claim "$id" rina
refused '' review claim "$id" adi
refused '' review claim "$id" tuti
lease=$(review claim "$id" sari --json | jq .lease)
refused '' review claim "$id" tono
refused '' propose "$id" tono DOMAIN kpu-daftar.example 20d --lease "$lease"
refused '' propose "$id" sari DOMAIN kpu-daftar.example 20d --lease 99
refused '' propose "$id" sari DOMAIN kpu-daftar.example 20d

# Proposals: narrow, proven, short, and of nothing that is protected.
try() { propose "$id" sari "$1" "$2" "$3" --lease "$lease" "${@:4}"; }
refused 'kpu.go.id\|go.id is protected' try DOMAIN kab.kpu.go.id 20d
refused 'is protected' try DOMAIN KOMPAS.com. 20d
refused 'looks like' try DOMAIN $'k\xd0\xbempas.com' 20d
refused 'shared by many' try DOMAIN facebook.com 20d
refused 'public suffix' try DOMAIN co.id 20d
refused 'address' try HOST 192.0.2.1 20d
refused 'the target' try DOMAIN '*.kpu-daftar.example' 20d
refused 'the target' try DOMAIN $'a.example\nb.example' 20d
refused 'the target' try DOMAIN '$INCLUDE /etc/passwd' 20d
refused '30 days' try DOMAIN kpu-daftar.example 31d
refused 'season' try DOMAIN kpu-daftar.example 26d
refused '' try DOMAIN kpu-daftar.example 2020-01-01
refused '24 hours' try DOMAIN kpu-daftar.example 20d --observed 25h
refused 'test\|answer\|ya\|yes' try DOMAIN kpu-daftar.example 20d --answers "${no/satire=no/satire=yes}"
refused 'conflict' try DOMAIN kpu-daftar.example 20d --conflict ''
refused 'characters' try DOMAIN kpu-daftar.example 20d --reason 'penipuan'
status=0
try DOMAIN kpu-daftar.example 20d --answers "${no/,wider=no/}" 2>/dev/null || status=$?
is "$status" 2 "a test without an answer"
rules=$work/aturan
mkdir -p "$rules/protected"
status=0
try DOMAIN kpu-daftar.example 20d --rules "$rules" 2>"$work/bare.log" || status=$?
is "$status" 2 "no protected list"
try DOMAIN kpu-daftar.example 20d >/dev/null
is "$("$saring" review show "$id" --json --state "$state" | jq -r .state)" proposed "what was refused changed nothing"

# The second look: another person, of another organisation that is not tied, blind, with a key.
for name in sari tono budi adi tuti nina; do refused '' review answer "$id" "$name" --answers "$no"; done
refused '' review approve "$id" rina --bytes
review answer "$id" rina --answers "$no" >/dev/null
review approve "$id" rina --bytes >"$work/$id.json"
is "$(review approve "$id" rina --bytes | sha256sum)" "$(sha256sum <"$work/$id.json")" "the bytes stay the same"
is "$(jq -Sc . "$work/$id.json" | tr -d '\n' | sha256sum)" "$(sha256sum <"$work/$id.json")" "canonical: sorted, without white space"
is "$(jq -r '.class, .target' "$work/$id.json" | xargs)" "fraud kpu-daftar.example" "what is signed"
give() { review approve "$id" "$1" --signature "$2" --conflict 'tidak ada'; }
sign gita "$work/$id.json"
refused 'another key' give rina "$work/$id.json.sig"
sign tono "$work/$id.json"
refused '' give tono "$work/$id.json.sig"
sed 's/DOMAIN/HOST/' "$work/$id.json" >"$work/other.json"
sign rina "$work/other.json"
refused 'does not fit' give rina "$work/other.json.sig"
ssh-keygen -q -Y sign -n git -f "$work/rina" <"$work/$id.json" >"$work/git.sig" 2>/dev/null
refused 'namespace' give rina "$work/git.sig"
echo bukan >"$work/bukan.sig"
refused '' give rina "$work/bukan.sig"
sign rina "$work/$id.json"
refused 'conflict' review approve "$id" rina --signature "$work/$id.json.sig"
refused '' give gita "$work/$id.json.sig"
lacks "$("$saring" export csv --state "$state" 2>/dev/null)" kpu-daftar "not listed before it is signed"
entry=$(review approve "$id" rina --signature "$work/$id.json.sig" --conflict 'tidak ada' --json | jq -r .entry)
is "$entry" "$(sha256sum <"$work/$id.json" | cut -d' ' -f1)" "an entry is known by the hash of what was signed"
has "$("$saring" export rpz --state "$state")" "*.kpu-daftar.example CNAME ." "listed"
refused '' give rina "$work/$id.json.sig"

# A signature for one case is none for another, though the target be the same.
again=$(flag dua fraud http://undian-palsu.example/)
refused 'listed' propose "$again" sari DOMAIN kpu-daftar.example 20d
lease=$(review claim "$again" tono --json | jq .lease)
refused '' propose "$again" tono DOMAIN undian-palsu.example 20d --lease "$lease" # tono's key is not here
propose "$again" tono DOMAIN undian-palsu.example 20d --lease "$lease" --bytes --out "$work/usulan.json"
sign tono "$work/usulan.json"
review propose "$again" tono --lease "$lease" --proposal "$work/usulan.json" --record "$work/usulan.json.record" \
    --signature "$work/usulan.json.sig" >/dev/null
review answer "$again" rina --answers "$no" >/dev/null
refused 'does not fit' review approve "$again" rina --signature "$work/$id.json.sig" --conflict 'tidak ada'
review return "$again" rina --reason 'Rekaman kurang jelas.' >/dev/null
review approve "$again" rina --signature "$work/usulan.json.sig" --conflict 'tidak ada' 2>/dev/null && fail "approved what was returned"

# Whoever answered one of the tests with yes does not approve.
doubt=$(flag ragu fraud http://ragu.example/)
propose "$doubt" sari DOMAIN ragu.example 20d >/dev/null
review answer "$doubt" rina --answers "${no/hacked=no/hacked=yes}" >/dev/null
review approve "$doubt" rina --bytes >"$work/ragu.json" 2>/dev/null || true
sign rina "$work/ragu.json"
refused '' review approve "$doubt" rina --signature "$work/ragu.json.sig" --conflict 'tidak ada'
review reject "$doubt" rina --reason 'Situs sekolah yang diretas.' >/dev/null
refused '' propose "$doubt" sari DOMAIN ragu.example 20d

# Procedure and claim never become a network entry.
for class in procedure claim; do
    speech=$(flag "pidato-$class" "$class" "http://kabar-$class.example/")
    refused 'fraud' propose "$speech" sari DOMAIN "kabar-$class.example" 20d
done
lacks "$("$saring" export csv --state "$state")" "kabar-" "speech is not listed"

# Un-listing takes one person, and a reason.
refused 'reason' review remove "$id" rina
refused '' review remove "$id" adi --reason 'Administrator.'
review remove "$id" rina --reason 'Situs sudah dimatikan registrar.' >/dev/null
lacks "$("$saring" export rpz --state "$state")" kpu-daftar "removed"
refused '' review remove "$id" rina --reason 'Sekali lagi.'
status=0
"$saring" export --explain www.kpu-daftar.example --state "$state" 2>/dev/null || status=$?
is "$status" 1 "not listed any more"

# The log: whole, with the head that was kept, and without it once it is cut.
"$saring" audit verify --state "$state" >/dev/null
"$saring" audit head --state "$state" >"$work/kepala.json"
third=$(list_entry tiga HOST bantuan-palsu.example 20d)
"$saring" audit verify --head "$work/kepala.json" --state "$state" >/dev/null
"$saring" audit verify --head "$(jq -r .hash "$work/kepala.json")" "$state/casebook.db" >/dev/null
refused 'kepala\|head' "$saring" audit verify --head "$(printf '0%.0s' {1..64})" --state "$state"
has "$("$saring" audit show --case "$id" --state "$state")" refused "refusals are in the log"
has "$("$saring" export hosts --state "$state")" "0.0.0.0 bantuan-palsu.example" "hosts"
lacks "$(sqlite3 "$state/casebook.db" .dump 2>/dev/null)" "kata sandi panjang" "no password is kept"

# What becomes protected is out at once: by the next command that looks, and by every export.
cp rules/protected/*.txt "$rules/protected/"
echo bantuan-palsu.example >>"$rules/protected/press.txt"
status=0
"$saring" export rpz --rules "$rules" --state "$state" >"$work/held.rpz" 2>"$work/held.log" || status=$?
is "$status" 1 "an export that holds an entry back"
lacks "$(cat "$work/held.rpz")" bantuan-palsu "protected since"
late=$(flag empat fraud http://hadiah-palsu.example/)
lease=$(review claim "$late" sari --rules "$rules" --json 2>/dev/null | jq .lease)
is "$("$saring" review show "$third" --json --state "$state" | jq -r .entry_state)" removed "removed for good"

# A disabled person signs nothing more.
"$saring" user disable gita --reason 'Pindah tugas.' --state "$state"
refused '' review answer "$late" gita --answers "$no"
has "$("$saring" user list --state "$state")" "NONAKTIF/disabled" "disabled"
lacks "$("$saring" user list --json --state "$state")" "PRIVATE" "only public keys are shown"

# Time. A lease of 20 minutes, an account of three days, an entry's end, a season's end.
ahead=1300
refused '' propose "$late" sari DOMAIN hadiah-palsu.example 20d --lease "$lease"
propose "$late" sari DOMAIN hadiah-palsu.example 1h >/dev/null
approve "$late" rina >/dev/null
has "$(clocked "$saring" export rpz --state "$state")" hadiah-palsu "listed for an hour"
ahead=$((ahead + 3601))
lacks "$(clocked "$saring" export rpz --state "$state")" hadiah-palsu "ended, and nothing else has run"
status=0
"$saring" export rpz --state "$state" >"$work/back.rpz" 2>"$work/back.log" || status=$?
is "$status" 1 "a clock that went back"
has "$(cat "$work/back.rpz")" "dikosongkan / emptied" "a clock that went back"
lacks "$(cat "$work/back.rpz")" CNAME "a clock that went back"
ahead=$((26 * 86400))
status=0
clocked "$saring" export rpz --out "$work/akhir.rpz" --state "$state" 2>"$work/akhir.log" || status=$?
is "$status" 1 "the season is over"
has "$(cat "$work/akhir.rpz")" "musim sudah berakhir" "the season is over"
lacks "$(cat "$work/akhir.rpz")" CNAME "the season is over"
printf 'saring namespaces="saring" %s\n' "$(cut -d' ' -f1,2 "$state/list.pub")" >"$work/signers"
ssh-keygen -Y verify -f "$work/signers" -I saring -n saring -s "$work/akhir.rpz.sig" <"$work/akhir.rpz" >/dev/null ||
    fail "the empty list is signed by the list's key"
"$saring" audit verify --state "$state" >/dev/null
echo ok
