#!/bin/bash
# A listed entry of a signed season in a real named, and in Unbound: asked for the name, for one
# below it and for others; asked again after its removal and after its end.
. "$(dirname "$0")/lib.sh"
need named
need dig
need unbound
. "$root/tests/system/people.bash"
. "$root/tests/system/support/servers.bash"
PATH=$PATH:/usr/sbin

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 30d)
host=$(list_entry dua HOST www.bantuan-palsu.example 30d)

server_folder named
export_to "$work/named/saring.rpz" rpz
named-checkzone -i none saring.rpz "$work/named/saring.rpz" >"$work/checkzone.log"
ssh-keygen -Y check-novalidate -n saring -s "$work/named/saring.rpz.sig" <"$work/named/saring.rpz" >/dev/null 2>&1 ||
    fail "the signature does not fit"
manifest=$work/named/saring.rpz.manifest.json
ssh-keygen -Y check-novalidate -n saring -s "$manifest.sig" <"$manifest" >/dev/null 2>&1 || fail "nor does the manifest's"
is "$(jq -r '.files[0].sha256' "$manifest")" "$(sha256sum <"$work/named/saring.rpz" | cut -d' ' -f1)" "the manifest's hash"
is "$(jq -r '.demo' "$manifest")" false "of a season"
printf 'saring namespaces="saring" %s\n' "$(cut -d' ' -f1,2 "$state/list.pub")" >"$work/signers"
ssh-keygen -Y verify -f "$work/signers" -I saring -n saring -s "$manifest.sig" <"$manifest" >/dev/null ||
    fail "the manifest is not signed by list.pub"
has "$(cat "$work/named/saring.rpz")" "Pilkada Contoh" "the list names its season"
lacks "$(cat "$work/named/saring.rpz")" PERAGAAN "the list of a season"

start_upstream
port=$(free_port)
control=$(free_port)
rndc_key "$work/named" "$control"
cat >"$work/named/named.conf" <<Z
$(named_control "$work/named" "$control")
options {
$(named_base "$work/named" "$port")
  dnssec-validation no;
  response-policy { zone "saring.rpz"; } qname-wait-recurse no min-update-interval 0;
};
zone "saring.rpz" { type primary; file "saring.rpz"; allow-query { none; }; };
Z
start named as_nobody named -g -n 1 -c "$work/named/named.conf"
wait_for 20 answers "$port" tersedia.example NOERROR

unbound=$(free_port)
server_folder unbound
cat >"$work/unbound/unbound.conf" <<Z
server:
  interface: 127.0.0.1
  port: $unbound
  do-ip6: no
  username: ""
  chroot: ""
  directory: "$work/unbound"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  module-config: "respip iterator"
remote-control:
  control-enable: no
rpz:
  name: saring.rpz
  zonefile: "$work/named/saring.rpz"
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@$upstream
Z
start unbound as_nobody unbound -d -p -c "$work/unbound/unbound.conf"
unbound_pid=$pid
wait_for 20 answers "$unbound" tersedia.example NOERROR

# ask RCODE NAME…: of both resolvers, until a reload has arrived
ask() {
    local rcode=$1 name
    shift
    for name; do
        wait_for 20 answers "$port" "$name" "$rcode"
        wait_for 20 answers "$unbound" "$name" "$rcode"
    done
}
# publish: a fresh list into both resolvers
publish() {
    export_to "$work/named/saring.rpz" rpz || true
    rndc -c "$work/rndc.conf" reload saring.rpz >/dev/null
    kill -HUP "$unbound_pid"
}

ask NXDOMAIN kpu-daftar.example www.kpu-daftar.example a.b.kpu-daftar.example www.bantuan-palsu.example
ask NOERROR bantuan-palsu.example x.www.bantuan-palsu.example bukankpu-daftar.example example tersedia.example

serial=$(jq .serial "$manifest")
review remove "$domain" rina --reason 'Situs sudah dimatikan registrar.' >/dev/null
publish
ask NOERROR kpu-daftar.example www.kpu-daftar.example
ask NXDOMAIN www.bantuan-palsu.example
[ "$(jq .serial "$manifest")" -gt "$serial" ] || fail "the serial did not grow"

# An entry of two hours: the zone, which has no ends of its own, is valid no longer than it, and
# a list made after its end does not hold it. The manifest is that of a day: saring-pull knows the ends.
brief=$(list_entry tiga DOMAIN undian-palsu.example 2h)
publish
ends=$("$saring" export csv --explain undian-palsu.example --json --state "$state" | jq -r .end)
is "$(sed -n 's/^; berlaku sampai .* valid until: //p' "$work/named/saring.rpz")" "$ends" "the zone ends with its first entry"
expire=$(awk '$2 == "IN" && $3 == "SOA" { print $9 }' "$work/named/saring.rpz")
[ "$expire" -le 7200 ] || fail "EXPIRE is $expire"
is "$(($(date -d "$(jq -r .valid_until "$manifest")" +%s) - $(date -d "$(jq -r .made "$manifest")" +%s)))" 86400 "the manifest"
ask NXDOMAIN undian-palsu.example
ahead=$((3 * 3600))
publish
ask NOERROR undian-palsu.example
ask NXDOMAIN www.bantuan-palsu.example
[ -n "$brief" ] && [ -n "$host" ]

# A protected name that was listed is out of the next list, whatever the casebook says.
mkdir -p "$work/aturan/protected"
cp rules/protected/*.txt "$work/aturan/protected/"
echo bantuan-palsu.example >>"$work/aturan/protected/press.txt"
status=0
clocked "$saring" export rpz --out "$work/named/saring.rpz" --rules "$work/aturan" --state "$state" 2>"$work/held.log" || status=$?
is "$status" 1 "an entry held back is a no"
has "$(cat "$work/held.log")" "press.txt" "says which list protects it"
rndc -c "$work/rndc.conf" reload saring.rpz >/dev/null
wait_for 20 answers "$port" www.bantuan-palsu.example NOERROR

# A log that was cut, edited or put in another order leaves a signed list with nothing in it.
cp -r "$state" "$work/kept"
for damage in 'UPDATE log SET detail = replace(detail, "a", "b") WHERE seq = 3' 'DELETE FROM log WHERE seq = 3' \
    'DELETE FROM log WHERE seq = (SELECT max(seq) - 1 FROM log)' 'DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)'; do
    command -v sqlite3 >/dev/null || break
    rm -rf "$state"
    cp -r "$work/kept" "$state"
    for trigger in $(sqlite3 "$state/casebook.db" "SELECT name FROM sqlite_master WHERE type = 'trigger'"); do
        sqlite3 "$state/casebook.db" "DROP TRIGGER $trigger"
    done
    sqlite3 "$state/casebook.db" "$damage"
    status=0
    clocked "$saring" export rpz --out "$work/kosong.rpz" --state "$state" 2>"$work/kosong.log" || status=$?
    is "$status" 1 "a list from a damaged log"
    has "$(cat "$work/kosong.rpz")" "dikosongkan / emptied" "$damage"
    lacks "$(cat "$work/kosong.rpz")" "CNAME" "$damage"
    ssh-keygen -Y verify -f "$work/signers" -I saring -n saring -s "$work/kosong.rpz.sig" <"$work/kosong.rpz" >/dev/null ||
        fail "an empty list is signed as well"
done

# Nor does one from a file that is no casebook any more; a missing one is a mistake of the caller.
rm -rf "$state"
cp -r "$work/kept" "$state"
head -c 5000 /dev/urandom | dd of="$state/casebook.db" conv=notrunc status=none
rm -f "$state/casebook.db-wal" "$state/casebook.db-shm"
status=0
clocked "$saring" export rpz --out "$work/kosong.rpz" --state "$state" 2>"$work/kosong.log" || status=$?
is "$status" 1 "a list from a damaged casebook"
lacks "$(cat "$work/kosong.rpz")" "CNAME" "a damaged casebook"
ssh-keygen -Y verify -f "$work/signers" -I saring -n saring -s "$work/kosong.rpz.sig" <"$work/kosong.rpz" >/dev/null ||
    fail "an empty list is signed as well"
rm "$state/casebook.db"
status=0
clocked "$saring" export rpz --out "$work/tiada.rpz" --state "$state" 2>/dev/null || status=$?
is "$status" 2 "a list from no casebook"
[ ! -e "$work/tiada.rpz" ] || fail "a list was made from nothing"
echo ok
