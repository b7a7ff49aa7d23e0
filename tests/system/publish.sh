#!/bin/bash
# `saring publish`: staged, checked, switched to in one rename, and back when the canary fails.
. "$(dirname "$0")/lib.sh"
need jq
need sqlite3
. "$root/tests/system/people.bash"
PATH=$PATH:/usr/sbin

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 20d)
live=$work/srv/lists
mkdir "$work/srv"
publish() { "$saring" publish --out "$live" --state "$state" "$@" 2>>"$work/publish.log"; }
publish
first=$(readlink "$live")
has "$(cat "$live/saring.rpz")" "kpu-daftar.example CNAME ." "the first lists"
printf 'saring namespaces="saring" %s\n' "$(cut -d' ' -f1,2 "$state/list.pub")" >"$work/signers"
ssh-keygen -Y verify -f "$work/signers" -I saring -n saring -s "$live/manifest.json.sig" <"$live/manifest.json" >/dev/null ||
    fail "the manifest is not signed by list.pub"
jq -r '.files[] | "\(.sha256)  \(.name)"' "$live/manifest.json" >"$work/sums"
(cd "$live" && sha256sum --quiet -c "$work/sums") || fail "the manifest does not fit its files"

# Packed beside small files, for web servers that send NAME.gz as it lies there.
for packed in "$live"/*.gz; do gzip -dc "$packed" | cmp - "${packed%.gz}" || fail "$packed is another file"; done
[ -e "$live/entries.ndjson.gz" ] || fail "nothing is packed"
# The page that people see: reason, case, appeal; whatever a reason holds is text.
page=$(cat "$live/blokir/$domain.html")
has "$page" "<dd>$domain</dd>" "the page's case"
has "$page" "kpu-daftar[.]example" "the page's target"
has "$page" "meminta NIK dan OTP" "the page's reason"
has "$page" "appeal" "the page's appeal"
has "$(cat "$live/blokir/index.html")" "register" "the common page"
facts='Situs <script src=//x.example></script> "meniru" KPU & meminta NIK serta kode OTP; diulang dua kali, rekaman terlampir.'
hostile=$(list_entry dua HOST www.bantuan-palsu.example 20d)
publish
lacks "$(cat "$live/blokir/$hostile.html")" "<script" "a reason with mark-up"
has "$(cat "$live/blokir/$hostile.html")" "&lt;script" "a reason with mark-up"
[ "$(wc -c <"$live/blokir/$hostile.html")" -lt 14000 ] || fail "the page is too large"
review remove "$hostile" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
publish
[ ! -e "$live/blokir/$hostile.html" ] || fail "a removed case has a page"
first=$(readlink "$live")

# `export --explain`: what a name is listed for, by whom, until when.
why=$("$saring" export --explain www.kpu-daftar.example --json --state "$state")
is "$(jq -r '[.case, .class, .scope, .approved.organisation, (.evidence | length)] | join(" ")' <<<"$why")" \
    "$domain fraud DOMAIN mitra cek contoh 1" "why a name is listed"
is "$(jq -r .approved.key <<<"$why")" "$(ssh-keygen -l -f "$work/rina.pub" | cut -d' ' -f2)" "whose key approved"
has "$("$saring" export --explain www.kpu-daftar.example --state "$state")" "disetujui/approved" "the same for people"

# A canary that fails: what is new is taken back, what was removed stays away, the serial grows, and
# nothing else is left.
two=$(list_entry tiga DOMAIN undian-palsu.example 20d)
publish
first=$(readlink "$live")
review remove "$two" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
three=$(list_entry empat DOMAIN hadiah-palsu.example 20d)
status=0
publish --canary 'false' || status=$?
is $status 1 "a canary that fails"
listed() { jq -r '.entry | fromjson | .target' "$live/entries.ndjson" | sort | tr '\n' ' '; }
is "$(listed)" "kpu-daftar.example " "what is live after it: what was, without what was removed"
lacks "$(cat "$live/saring.rpz")" palsu "the zone after it"
[ "$(jq .serial "$live/manifest.json")" -gt "${first##*.}" ] || fail "the serial went back"
[ ! -e "$work/srv/$first" ] || fail "the old lists lie about"
is "$(ls "$work/srv" | wc -l)" 2 "what is left of it"
# Nothing new in it: there is nothing to take back, and what was removed is no reason to go back.
review remove "$three" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
status=0
publish --canary 'false' || status=$?
is $status 1 "a canary that fails with nothing new"
is "$(listed)" "kpu-daftar.example " "what is live after it"
# The first list of all: what is new waits, so that an empty one is live.
status=0
"$saring" publish --out "$work/pertama" --state "$state" --canary 'false' 2>>"$work/publish.log" || status=$?
is $status 1 "a canary that fails at the first list"
is "$(jq .entries "$work/pertama/manifest.json")" 0 "what is live after it"
publish
first=$(readlink "$live")
# One that asks for what was just switched to.
review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
publish --canary "! grep -q CNAME '$live/saring.rpz'"
[ "$(readlink "$live")" != "$first" ] || fail "nothing was switched"
[ ! -e "$work/srv/$first" ] || fail "the old lists lie about"
lacks "$(cat "$live/saring.rpz")" "CNAME" "after the removal"

# A checker that says no to all: nothing is switched.
domain=$(list_entry lima DOMAIN pulsa-palsu.example 20d)
publish
before=$(readlink "$live")
# refuses CHECKER SCRIPT: it is a program of that name from then on, in $work/CHECKER.bin
refuses() {
    mkdir "$work/$1.bin"
    printf '#!/bin/sh\n%s\n' "$2" >"$work/$1.bin/$1"
    chmod 755 "$work/$1.bin/$1"
}
for checker in named-checkzone kzonecheck unbound-checkconf dnsmasq squid nginx haproxy; do
    refuses $checker 'exit 1'
    status=0
    PATH=$work/$checker.bin:$PATH publish || status=$?
    is $status 2 "lists that $checker refuses"
    has "$(tail -n 1 "$work/publish.log")" "$checker" "who refused them"
    is "$(readlink "$live")" "$before" "what is live after it"
    is "$(ls "$work/srv" | wc -l)" 2 "what is left of it"
done
# One that refuses what is new: it waits; what was removed goes.
keeps=$(list_entry enam DOMAIN kuota-palsu.example 20d)
publish
review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
list_entry tujuh DOMAIN undangan-palsu.example 20d >/dev/null
rm -r "$work/kzonecheck.bin"
refuses kzonecheck 'for file; do ! grep -q undangan-palsu "$file" || exit 1; done'
status=0
PATH=$work/kzonecheck.bin:$PATH publish || status=$?
is $status 1 "a checker that refuses one new entry"
is "$(listed)" "kuota-palsu.example " "what is live after it"
has "$(cat "$work/publish.log")" "kzonecheck" "who refused it"
# One that refuses whatever it is shown: a removal waits for no checker.
review remove "$keeps" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
status=0
PATH=$work/named-checkzone.bin:$PATH publish || status=$?
is $status 1 "a checker that refuses everything, with a removal"
is "$(listed)" "" "what is live after it"
has "$(tail -n 1 "$work/publish.log")" "unchecked" "that it was not checked"
is "$(ls "$work/srv" | wc -l)" 2 "what is left of it"
publish
is "$(listed)" "undangan-palsu.example " "with checkers that work again"

# A folder that is there is not ours to replace.
mkdir "$work/srv/folder"
status=0
"$saring" publish --out "$work/srv/folder" --state "$state" 2>/dev/null || status=$?
is $status 2 "a folder in the way"
# A log that is broken: a signed list with nothing in it is published, and exit 1 is the alarm.
for trigger in $(sqlite3 "$state/casebook.db" "SELECT name FROM sqlite_master WHERE type = 'trigger'"); do
    sqlite3 "$state/casebook.db" "DROP TRIGGER $trigger"
done
sqlite3 "$state/casebook.db" 'DELETE FROM log WHERE seq = 3'
status=0
publish || status=$?
is $status 1 "a broken log"
has "$(jq -r .empty "$live/manifest.json")" "log" "why it is empty"
echo ok
