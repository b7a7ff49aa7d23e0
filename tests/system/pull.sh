#!/bin/bash
# saring-pull between a real publisher and a real BIND; then against a server that has the list's
# key and lies. Clocks are moved with faketime; the network dies with the web server.
. "$(dirname "$0")/lib.sh"
need named
need dig
need python3
need curl
. "$root/tests/system/people.bash"
. "$root/tests/system/support/servers.bash"
PATH=$PATH:/usr/sbin
pull=$root/build/saring-pull
[ -x "$pull" ] || skip "build/saring-pull is not built: make"

# A resolver's machine carries no engine, no database and no console.
for library in libsqlite3 libhs libpcre2 libhiredis libulfius libxml2 libyaml; do
    lacks "$(ldd "$pull")" "$library" "what saring-pull is linked with"
done

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua HOST www.bantuan-palsu.example 20d >/dev/null

# Two web servers: the publisher's, and that of the independent organisation.
web=$work/web
mkdir -p "$web/lists" "$web/cabut" "$work/pins"
port=$(free_port)
start web python3 -W ignore -m http.server -b 127.0.0.1 -d "$web" "$port"
web_pid=$pid
wait_for 20 listening "$port"
publish() { clocked "$saring" export all --out "$web/lists" --state "$state" 2>>"$work/export.log" || true; }

# now [SECONDS]: on the moved clock
now() { date -u -d "+$((ahead + ${1:-0})) seconds" +%FT%TZ; }
# removals MADE ENTRY…: signed by rina; they hold for a week
removals() {
    local made=$1 file=$web/cabut/removals.json
    shift
    jq -ncSj --arg made "$made" --arg until "$(date -u -d "$made + 7 days" +%FT%TZ)" \
        --arg season "$(sha256sum <"$work/pins/season.json" | cut -d' ' -f1)" \
        '{entries: $ARGS.positional, made: $made, season: $season, type: "saring-removals-1", valid_until: $until}' \
        --args -- "$@" >"$file"
    sign rina "$file"
}

publish
cp "$work/musim.json" "$work/pins/season.json"
cp "$state/list.pub" "$work/pins/list.pub"
removals "$(now -4000)"

start_upstream
dns=$(free_port)
control=$(free_port)
server_folder named
mkdir "$work/zones"
{ echo '$TTL 60'; echo '@ SOA localhost. a.localhost. 1 60 30 60 60'; echo '@ NS localhost.'; } >"$work/zones/saring.rpz"
rndc_key "$work/named" "$control"
cat >"$work/named/named.conf" <<Z
$(named_control "$work/named" "$control")
options {
$(named_base "$work/named" "$dns")
  dnssec-validation no;
  response-policy { zone "saring.rpz"; } qname-wait-recurse no min-update-interval 0;
};
zone "saring.rpz" { type primary; file "$work/zones/saring.rpz"; allow-query { none; }; };
Z
start named as_nobody named -g -n 1 -c "$work/named/named.conf"
wait_for 20 answers "$dns" tersedia.example NOERROR
ask() {
    local rcode=$1 name
    shift
    for name; do wait_for 20 answers "$dns" "$name" "$rcode"; done
}

# run STATUS [OPTION…]: one run of saring-pull with that exit code; what it said is in $said. BIND's
# programs hang when their clock is moved.
run() {
    local status=0 want=$1
    shift
    clocked "$pull" --install bind --dir "$work/zones" --pins "$work/pins" --state "$work/pull" \
        --check "env -u LD_PRELOAD named-checkzone -q saring.rpz '%s/saring.rpz'" \
        --reload "env -u LD_PRELOAD rndc -c '$work/rndc.conf' reload saring.rpz >/dev/null" "$@" >"$work/pull.log" 2>&1 || status=$?
    said=$(cat "$work/pull.log")
    [ $status = "$want" ] || fail "saring-pull exits $status instead of $want: $said"
}
fetch() {
    local want=$1
    shift
    run "$want" "http://127.0.0.1:$port/lists" --removals "http://127.0.0.1:$port/cabut/removals.json" \
        --probe "127.0.0.1:$dns" "$@"
}

fetch 0
has "$said" "2 entri/entries" "both entries hold"
ask NXDOMAIN kpu-daftar.example www.kpu-daftar.example www.bantuan-palsu.example
ask NOERROR bantuan-palsu.example tersedia.example
run 0 --lapse
ask NXDOMAIN kpu-daftar.example

# Whatever is altered on the way, the last list stays.
cp -r "$web/lists" "$work/good"
back() { rm -rf "$web/lists" && cp -r "$work/good" "$web/lists"; }
sed -i 's/"entries":2/"entries":3/' "$web/lists/manifest.json"
fetch 1
has "$said" "manifest's signature" "an edited manifest"
back
sed -i 's/kpu-daftar/kpu-dafter/' "$web/lists/entries.ndjson"
fetch 1
has "$said" "not the one that the manifest names" "edited entries"
back
ask NXDOMAIN kpu-daftar.example

# One person removes it; the server publishes; the resolver follows.
review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
publish
fetch 0
ask NOERROR kpu-daftar.example www.kpu-daftar.example
ask NXDOMAIN www.bantuan-palsu.example
# An older list, well signed, is not taken again.
cp -r "$web/lists" "$work/newer"
back
fetch 1
has "$said" "is older than" "a list rolled back"
ask NOERROR kpu-daftar.example
rm -rf "$web/lists" && cp -r "$work/newer" "$web/lists"

# A removal of the independent organisation holds though the publisher's list still has the entry.
id=$(jq -r '.entry' "$web/lists/entries.ndjson" | tr -d '\n' | sha256sum | cut -d' ' -f1)
removals "$(now -3000)" "$id"
fetch 0
has "$said" "1 dicabut/removed" "a removal"
ask NOERROR www.bantuan-palsu.example
# It can't be taken back by an older file, nor by one that the team signed.
removals "$(now -4000)"
fetch 0
has "$said" "older than those seen" "removals rolled back"
removals "$(now -2000)"
rm "$web/cabut/removals.json.sig"
sign tono "$web/cabut/removals.json"
fetch 0
has "$said" "not signed by an independent" "removals by the team"
ask NOERROR www.bantuan-palsu.example
removals "$(now -1000)"

# An entry of two hours ends on its own with the publisher dead, and it alone; the list ends after
# a day without a network.
list_entry tiga DOMAIN undian-palsu.example 2h >/dev/null
list_entry empat DOMAIN hadiah-palsu.example 20d >/dev/null
publish
fetch 0
ask NXDOMAIN undian-palsu.example hadiah-palsu.example
run 0 --lapse
ask NXDOMAIN undian-palsu.example
ahead=$((3 * 3600))
run 0 --lapse
ask NOERROR undian-palsu.example
ask NXDOMAIN hadiah-palsu.example
publish
fetch 0
ask NXDOMAIN hadiah-palsu.example
ask NOERROR undian-palsu.example
kill "$web_pid"
wait "$web_pid" 2>/dev/null || true
fetch 1
ask NXDOMAIN hadiah-palsu.example
ahead=$((26 * 3600))
run 0 --lapse
ask NXDOMAIN hadiah-palsu.example
ahead=$((28 * 3600))
run 0 --lapse
ask NOERROR hadiah-palsu.example undian-palsu.example
grep -q 'dikosongkan / emptied' "$work/zones/saring.rpz" || fail "an emptied list does not say so"
# A clock that goes back is no way to make it live again.
ahead=0
run 0 --lapse
lacks "$(cat "$work/zones/saring.rpz")" "CNAME" "a list after the clock went back"
rm -rf "$work/pull"

# From here on the server has the list's key, and lies. Its season, people and entries are ours.
start web2 python3 -m http.server -b 127.0.0.1 -d "$web" "$port"
wait_for 20 listening "$port"
for name in budi server jahat; do new_key "$name"; done
key() { cut -d' ' -f1,2 "$work/$1.pub"; }
jq -cSj --arg budi "$(key budi)" --arg server "$(key server)" \
    '(.organisations[] | select(.role == "team").keys) += [$budi, $server]' "$work/musim.json" >"$work/pins/season.json"
cp "$work/server.pub" "$work/pins/list.pub"
cp "$work/budi.pub" "$work/pins/off-server.pub"
season=$(sha256sum <"$work/pins/season.json" | cut -d' ' -f1)
removals "$(now -4000)"
serial=$(date +%s)

# entry NAME REVIEWER APPROVER TARGET HOURS [JQ]: a line, signed by both, into $work/lines
entry() {
    local name=$1 reviewer=$2 approver=$3 target=$4 hours=$5 more=${6:-.} base
    # Of one moment: 24 hours are not a second longer because the clock went on in between.
    base=$(($(date +%s) + ahead - 10))
    jq -ncSj --arg season "$season" --arg start "$(date -u -d "@$base" +%FT%TZ)" \
        --arg stop "$(date -u -d "@$((base + hours * 3600))" +%FT%TZ)" --arg observed "$(now -600)" --arg target "$target" --arg reason "$facts" --arg hash "$(printf '%064d' 7)" \
        --arg seen "$(printf %s "$target" | sha256sum | cut -d' ' -f1)" \
        '{case: 7, class: "fraud", end: $stop, evidence: [$seen], harvest: ["personal_data"], observed: $observed,
          reason: $reason, record: $hash, scope: "DOMAIN", season: $season, start: $start, target: $target,
          type: "saring-entry-1"}' | jq -cSj "$more" >"$work/e.$name"
    for who in "$reviewer" "$approver"; do
        sign "$who" "$work/e.$name"
        mv "$work/e.$name.sig" "$work/e.$name.$who"
    done
    jq -cSn --rawfile entry "$work/e.$name" --arg rk "$(key "$reviewer")" --arg ak "$(key "$approver")" \
        --rawfile one "$work/e.$name.$reviewer" --rawfile two "$work/e.$name.$approver" \
        '{approver: {key: $ak, signature: $two}, entry: $entry, reviewer: {key: $rk, signature: $one}}' >>"$work/lines"
}
# lie [MANIFEST JQ]: publishes $work/lines under a manifest signed by the list's key
lie() {
    local more=${1:-.}
    serial=$((serial + 1))
    rm -rf "$web/lists" && mkdir "$web/lists"
    cp "$work/lines" "$web/lists/entries.ndjson"
    jq -ncSj --arg sha "$(sha256sum <"$work/lines" | cut -d' ' -f1)" --argjson bytes "$(stat -c %s "$work/lines")" \
        --arg made "$(now)" --arg until "$(now 80000)" --argjson serial $serial --arg zero "$(printf '%064d' 0)" \
        '{demo: false, files: [{bytes: $bytes, format: "entries", name: "entries.ndjson", sha256: $sha}], head: $zero,
          made: $made, serial: $serial, type: "saring-manifest-1", valid_until: $until}' | jq -cSj "$more" >"$web/lists/manifest.json"
    sign server "$web/lists/manifest.json"
}
# tries EXPECT TEXT ENTRY-ARGUMENTS…: one entry beside a good one; only the good one is taken
tries() {
    local says=$1
    shift
    : >"$work/lines"
    entry baik tono rina "baik-$serial.example" 200
    entry uji "$@"
    lie
    fetch 0
    has "$said" "$says" "$*"
    has "$said" "1 entri/entries" "$*"
    ask NXDOMAIN "baik-$((serial - 1)).example"
}

: >"$work/lines"
tries "key of its approver" tono jahat satu.example 200
tries "key of its reviewer" jahat rina satu.example 200
tries "key of its reviewer" rina rina satu.example 200
tries "is of class procedure" tono rina satu.example 200 '.class = "procedure"'
tries "likeness alone" tono rina satu.example 200 '.harvest = []'
tries "lasts longer than 30 days" tono rina satu.example 800
tries "not of the season" tono rina satu.example 200 '.season = .record'
tries "older than 24 hours" tono rina satu.example 200 '.observed = "2026-01-01T00:00:00Z"'
tries "protected" tono rina kpu.go.id 200
tries "public suffix" tono rina my.id 200
tries "not in force" tono rina satu.example 200 '.start = .end | .end = "2026-01-01T00:00:00Z" | .start = "2025-12-31T00:00:00Z" | .observed = .start'
tries "other members" tono rina satu.example 200 '.author = "x"'
tries "other members or spellings" tono rina SATU.example 200
# A signature over other bytes.
: >"$work/lines"
entry satu tono rina satu.example 200
sed -i 's/satu\.example/dua.example/' "$work/lines"
lie
fetch 0
has "$said" "0 entri/entries" "a signature over other bytes"

# Of the lane: two people of the team, the second's key not on the server, 24 hours from first seen.
tries "may lie on the server" budi server satu.example 24
tries "by one key" budi budi satu.example 24
tries "longer than 24 hours" server budi satu.example 25
: >"$work/lines"
for i in 1 2 3 4 5 6 7 8 9 10 11; do entry "s$i" tono budi "sementara$i.example" 24; done
lie
fetch 0
has "$said" "ten others are in force" "an eleventh"
has "$said" "10 sementara/provisional" "ten"
ask NXDOMAIN sementara1.example sementara10.example
ask NOERROR sementara11.example
# A sibling host, at the next run and after the first one lapsed; the same entry is not seen anew.
ahead=$((24 * 3600 + 60))
removals "$(now)"
entry lagi tono budi www.sementara1.example 24
capture=$(printf sementara2.example | sha256sum | cut -d' ' -f1)
entry sama tono budi samaran.example 24 ".evidence = [\"$capture\"]"
entry baru tono budi lain.example 24
lie
fetch 0
has "$said" "its domain had another" "a sibling within 30 days"
has "$said" "1 entri/entries" "the lane is free for another"
has "$said" "or another had its evidence" "the same evidence under another name"
ask NOERROR sementara1.example www.sementara1.example samaran.example
ask NXDOMAIN lain.example

# A manifest for longer, in the future, of a demonstration, without an end.
for wrong in '.valid_until = "2099-01-01T00:00:00Z"' '.made = "2099-01-01T00:00:00Z" | .valid_until = .made' '.demo = true' \
    'del(.valid_until)' '.files = []' '.valid_until = "2026-01-01T00:00:00Z"'; do
    lie "$wrong"
    fetch 1
    has "$said" "no new list" "$wrong"
done
ask NXDOMAIN lain.example

# Without the removals for 24 hours, and when the season that is pinned is over, nothing is blocked.
rm "$web/cabut/removals.json"
lie
fetch 0
ahead=$((49 * 3600))
lie
fetch 1
has "$said" "not read for 24 hours" "removals held back"
ask NOERROR lain.example
ahead=$((61 * 24 * 3600))
removals "$(now)"
lie
fetch 1
has "$said" "season that is pinned is not running" "after the season"
echo ok
