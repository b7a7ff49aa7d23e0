# Sourced after lib.sh: a season that runs, with people of every kind, rules, cases, and `saring run`
# with its console at $url and its public pages at $public.
. "$root/tests/system/people.bash"
. "$root/tests/system/console_forms.bash"
. "$root/tests/system/abuse/abuse.bash"

for name in rina gita budi dewi tono; do new_key "$name"; done
add_user sari "Tim Siber Contoh" team >/dev/null
add_user tono "Tim Siber Contoh" team >/dev/null
add_user rina "Mitra Cek Contoh" independent >/dev/null
add_user gita "Pantau Pilkada Contoh" independent >/dev/null
add_user budi "Dinas Contoh" independent --ties "Tim Siber Contoh" >/dev/null
add_user dewi "Panel Banding Contoh" appeals >/dev/null
add_user adit "Auditor Contoh" auditor >/dev/null
add_user kelola "Pengelola Contoh" admin >/dev/null
"$saring" season new --name "Pilkada Contoh" --end "$(date -u -d '+60 days' +%FT00:00:00Z)" --out "$work/musim.json" \
    --state "$state" >/dev/null
sign tono "$work/musim.json"
mv "$work/musim.json.sig" "$work/tim.sig"
sign rina "$work/musim.json"
"$saring" season start "$work/musim.json" --team "$work/tim.sig" --independent "$work/musim.json.sig" --state "$state" >/dev/null

# A second factor for whoever signs; the recovery codes are what their browsers sign in with.
for name in sari tono rina gita dewi adit kelola; do
    enrol "$name" >/dev/null
    sed -i -n 's/^  \([^ ]*\)$/\1/p' "$work/$name.recovery"
    is "$(wc -l <"$work/$name.recovery")" 10 "recovery codes of $name"
done

# A rule of each class, which two people released; its words are "uji" and the class.
mkdir "$work/rules"
cp -r rules/protected rules/allow rules/lists "$work/rules"
echo kpu-uji.example >"$work/rules/protected/uji.txt"
write_rule() { # CLASS ID EVIDENCE
    cat >"$work/rules/$1.yml" <<Y
title: Uji kelas $1
id: $2
status: stable
date: 2026-11-24
logsource: { category: post }
description: Rekaan untuk uji, kelas $1.
detection:
  isi:
    text|words: [uji$1]
  condition: isi
level: high
basis:
  class: $1
  evidence:
    - { $3 }
  expires: $(date -u -d '+100 days' +%F)
tests:
  match: [ { text: 'kata uji$1 di sini' }, { text: 'UJI$1' }, { text: 'sekali lagi uji$1' } ]
  pass: [ { text: 'uji $1' }, { text: 'ujian' }, { text: 'biasa saja' } ]
Y
}
write_rule fraud 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01 \
    "type: official, url: 'https://kpu-contoh.example/resmi', publisher: KPU Contoh, published: 2026-09-01, impersonates: KPU Contoh"
write_rule procedure 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02 \
    "type: fact, url: 'https://kpu-contoh.example/jadwal', publisher: KPU Contoh, published: 2026-09-01, valid_from: 2026-09-01, valid_until: $(date -u -d '+110 days' +%F), sha256: $(printf '7%.0s' {1..64})"
write_rule claim 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a03 \
    "type: claimreview, url: 'https://turnbackhoax.id/2026/11/01/tinta', publisher: MAFINDO, claim: 'Tinta pemilu beracun', rating: Salah, rated: 2026-11-01"
submit_rules() { # those of $work/rules that are no one's yet
    clocked "$saring" rules submit "$work/rules" --user sari --password-file "$work/sari.pw" --reason 'Aturan uji.' --rules "$work/rules" --state "$state"
    clocked "$saring" rules release "$work/rules" --user rina --password-file "$work/rina.pw" --reason 'Sudah dilihat.' --rules "$work/rules" --state "$state"
}
submit_rules >"$work/release.out"

mkdir -m 777 "$work/situs"
echo 'sources: []' >"$work/sources.yml"
public_port=$(free_port)
public=http://127.0.0.1:$public_port
cat >"$work/saring.yml" <<Y
state: $state
rules: [rules]
sources: sources.yml
example: $root/feeds/example
console: { port: 0 }
public: { port: $public_port, folder: $work/situs }
${settings:-}
Y
chmod -R a+rwX "$work/rules"
posts=$work/posts.fifo
mkfifo "$posts"
exec 5<>"$posts"
run_console
wait_for 60 grep -q 'process=ingest event=rules_loaded rules=3 shadows=0' "$work/run.log"
wait_for 60 listening "$public_port"

# flag POST CLASS LINK: a post that comes in; prints the number of the case it opens. Its words are its own,
# so that no two are near-copies.
flag() {
    jq -cn --arg id "$1" --arg link "$3" --arg words "$2 $(for i in 1 2 3 4 5 6 7 8; do echo "$1 $i" | sha256sum | cut -c1-9; done | paste -sd' ')" \
        '{id: $id, source: "uji", url: "https://forum-contoh.example/\($id)", text: "uji\($words) \($link)", published: "2026-11-20T02:07:00Z"}' >&5
    wait_for 60 case_of "$1"
    case_of "$1"
}
case_of() { ask "SELECT case_id FROM posts JOIN content ON post_id = posts.id WHERE item = '$1'" | grep .; }
ask() { sqlite3 -readonly "$state/casebook.db" "$1"; }
# What the terminal does rests on the running program's rules.
review() {
    local verb=$1 id=$2 name=$3
    shift 3
    clocked "$saring" review "$verb" "$id" --user "$name" --password-file "$work/$name.pw" --state "$state" --rules "$work/rules" "$@"
}
# copy_state FOLDER: the state as it is at this moment, to try something on that the others must not see
copy_state() {
    mkdir "$1"
    find "$state" -maxdepth 1 -type f ! -name casebook.db ! -name 'casebook.db-*' -exec cp -p {} "$1" ';'
    sqlite3 "$state/casebook.db" ".backup '$1/casebook.db'"
}
status() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }
# fresh NAME: a second factor of now, at the terminal
fresh() {
    [ "$(clocked "$saring" user check "$1" --password-file "$work/$1.pw" --state "$state" 2>&1)" = fresh ] || factor "$1"
}
# proposed POST TARGET: a case that sari proposed for 20 days, in $id
proposed() {
    id=$(flag "$1" fraud "http://$2/")
    propose "$id" sari DOMAIN "$2" 20d "${@:3}" >/dev/null
}
# answered NAME: that person's blind answers to $id, and the bytes to sign in $work/$id.json
answered() {
    fresh "$1"
    review answer "$id" "$1" --answers "$no" >/dev/null
    review approve "$id" "$1" --bytes >"$work/$id.json"
}
# approval NAME [SIGNER]: of $id, with SIGNER's signature over the bytes that were handed out
approval() {
    sign "${2:-$1}" "$work/$id.json"
    review approve "$id" "$1" --signature "$work/$id.json.sig" --conflict 'tidak ada'
}
