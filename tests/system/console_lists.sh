#!/bin/bash
# The console serves the lists: asked anew by their entity tags, in parts, packed, and all of one serial
# together while publish switches; behind nginx and without; to saring-pull; and to who means ill.
. "$(dirname "$0")/lib.sh"
need curl
need nginx
need python3
need sqlite3
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
. "$root/tests/system/support/servers.bash"

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 20d)
web=$work/web # where publish puts them; no web server but the console reads it
mkdir -p "$web/cabut" "$work/pins"
publish
port=$(free_port)
proxied=$(free_port)
# Of another state: what this run reads makes no cases here, and it may be nobody who serves.
printf 'state: %s\nrules: [%s/rules]\nexample: %s/feeds/example\npublic: { port: %s, lists: %s }\nconsole: { port: 0, proxy: 127.0.0.1 }\n' \
    "$work/konsol" "$root" "$root" "$port" "$web/lists" >"$work/saring.yml"
start run "$saring" run -c "$work/saring.yml" </dev/null
wait_for 60 listening "$port"
server_folder nginx
cat >"$work/nginx/nginx.conf" <<Z
$(nginx_base "$work/nginx")
  server { listen 127.0.0.1:$proxied;
$(snippet serve/proxy "$work/none" | sed "s#127.0.0.1:8421#127.0.0.1:$port#")
  }
}
Z
start_nginx "$work/nginx" "$proxied"

field() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip" | tail -n 1; }
# get WANT NAME OPTION…: into $work/body, with its head in $work/head; from $at
at=$port
get() {
    local want=$1 name=$2
    shift 2
    : >"$work/body"
    is "$(curl -s -D "$work/head" -o "$work/body" -w '%{http_code}' -m 60 "$@" "http://127.0.0.1:$at/lists/$name")" "$want" "$name $* at $at"
}
size() { stat -c %s "$web/lists/$1"; }

for at in $port $proxied; do
    for name in saring.rpz entries.ndjson manifest.json manifest.json.sig saring.csv saring.hosts misp/manifest.json; do
        get 200 "$name"
        cmp "$work/body" "$web/lists/$name" || fail "$name at $at"
        is "$(field content-length)" "$(size "$name")" "how long $name is"
        tag=$(field etag)
        is "$tag" "\"$(sha256sum <"$web/lists/$name" | cut -d' ' -f1)\"" "the tag of $name"
        is "$(field cache-control)" no-cache "how long $name is kept"
        is "$(field last-modified)" "$(date -u -d "@$(stat -c %Y "$web/lists/$name")" '+%a, %d %b %Y %T GMT')" "the age of $name"
        get 304 "$name" -H "If-None-Match: $tag"
        is "$(field etag)" "$tag" "the tag beside a 304"
        [ ! -s "$work/body" ] || fail "a 304 has a body"
        get 304 "$name" -H "If-None-Match: \"x\", W/$tag"
        get 304 "$name" -H 'If-None-Match: *'
        get 200 "$name" -H 'If-None-Match: "x"' -H "If-Modified-Since: $(field last-modified)"
        get 304 "$name" -H "If-Modified-Since: $(field last-modified)"
        get 412 "$name" -H 'If-Match: "x"'
        get 200 "$name" -H "If-Match: \"x\", $tag"
        get 200 "$name" -I
        is "$(field content-length)" "$(size "$name")" "HEAD of $name"
    done
    is "$(get 200 saring.rpz; field content-type)" "text/plain; charset=utf-8" "a zone's type"
    is "$(get 200 saring.csv; field content-type)" "text/csv; charset=utf-8" "a table's type"
    is "$(get 200 manifest.json; field content-type)" application/json "the manifest's type"
    is "$(get 200 entries.ndjson; field content-type)" application/x-ndjson "the entries' type"

    # Parts.
    whole=$(size saring.rpz)
    get 200 saring.rpz
    tag=$(field etag)
    is "$(field accept-ranges)" bytes "that there are parts"
    part() { # RANGE FIRST LAST
        get 206 saring.rpz -H "Range: bytes=$1"
        is "$(field content-range)" "bytes $2-$3/$whole" "which part of $1"
        is "$(field content-length)" "$(($3 - $2 + 1))" "how long $1 is"
        tail -c "+$(($2 + 1))" "$web/lists/saring.rpz" | head -c "$(($3 - $2 + 1))" | cmp - "$work/body" || fail "the bytes of $1"
    }
    part 10-19 10 19
    part 0-0 0 0
    part "$((whole - 1))-" $((whole - 1)) $((whole - 1))
    part -5 $((whole - 5)) $((whole - 1))
    part "-99999999" 0 $((whole - 1))
    part "5-99999999999999999999999999" 5 $((whole - 1))
    for wrong in "$whole-" "99999999-" "-0" "18446744073709551616-"; do
        get 416 saring.rpz -H "Range: bytes=$wrong"
        is "$(field content-range)" "bytes */$whole" "what there is instead of $wrong"
    done
    for odd in "bytes=0-1,5-6" "bytes=5-2" "bytes=x-1" "lines=1-2" "bytes" "bytes=" "bytes=-" "bytes=1" "bytes=0x1-5"; do
        get 200 saring.rpz -H "Range: $odd"
        cmp "$work/body" "$web/lists/saring.rpz" || fail "the whole for $odd"
    done
    get 206 saring.rpz -r 0-3 -H "If-Range: $tag"
    get 200 saring.rpz -r 0-3 -H 'If-Range: "another"'
    get 200 saring.rpz -r 0-3 -H "If-Range: W/$tag"
    get 206 saring.rpz -r 0-3 -H "If-Range: $(field last-modified)"
    get 200 saring.rpz -r 0-3 -H "If-Range: Sun, 06 Nov 1994 08:49:37 GMT"
    get 304 saring.rpz -r 0-3 -H "If-None-Match: $tag"
    get 200 saring.rpz -I -H 'Range: bytes=0-3' # a HEAD has no parts

    # Packed, with a tag and parts of its own.
    get 200 entries.ndjson -H 'Accept-Encoding: gzip'
    is "$(field content-encoding)" gzip "packed"
    cmp "$work/body" "$web/lists/entries.ndjson.gz"
    packed=$(field etag)
    has "$(field vary)" Accept-Encoding "what it depends on"
    get 304 entries.ndjson -H 'Accept-Encoding: gzip' -H "If-None-Match: $packed"
    get 200 entries.ndjson -H "If-None-Match: $packed"
    is "$(field content-encoding)" "" "not packed"
    cmp "$work/body" "$web/lists/entries.ndjson"
    get 200 entries.ndjson -H 'Accept-Encoding: br, gzip;q=0'
    cmp "$work/body" "$web/lists/entries.ndjson"
    get 206 entries.ndjson -r 2-9 -H 'Accept-Encoding: gzip'
    tail -c +3 "$web/lists/entries.ndjson.gz" | head -c 8 | cmp - "$work/body" || fail "a part of what is packed"
    get 200 entries.ndjson.gz
    cmp "$work/body" "$web/lists/entries.ndjson.gz"

    # For people.
    for name in "blokir/$domain.html" blokir/ "blokir/?nama=kpu-daftar.example" blokir/index.html; do
        get 200 "$name"
        is "$(field content-type)" "text/html; charset=utf-8" "the page $name"
        has "$(cat "$work/body")" "Situs ini diblokir" "the page $name"
        has "$(field content-security-policy)" "default-src 'none'" "the page $name"
    done
done
at=$port
# Nothing else, however it is spelled.
for name in '' . .. ../ ../../etc/passwd ..%2f..%2fetc%2fpasswd %2e%2e/state/list.key blokir/../manifest.json blokir/999999.html \
    blokir blokir/.. misp //etc/passwd ./manifest.json manifest.json/ MANIFEST.JSON manifest.json%00 'manifest.json;x' \
    "$(printf 'a%.0s' {1..300})" 'a\b' ..\\..\\x saring.rpz.sig.sig .hidden entries.ndjson.gz.gz; do
    get 404 "$name" --path-as-is
done
get 405 saring.rpz -X POST -d x=1
get 405 saring.rpz -X DELETE
ln -s /etc/passwd "$web/lists/blokir/7777.html"
get 404 blokir/7777.html

# What an alarm hangs on, for this machine's monitoring.
konsol=$(sed -n 's#^konsol / console: \(http[^ ]*\)/$#\1#p' "$work/run.log")
figure() { curl -fsS -m 60 "$konsol/metrics" | awk -v name="saring_lists_$1" '$1 == name { print $2 }'; }
is "$(figure readable)" 1 "that there are lists"
is "$(figure entries)" 1 "how many are listed"
is "$(figure serial)" "$(jq .serial "$web/lists/manifest.json")" "which list it is"
is "$(figure emptied)" 0 "that it was not emptied"
is "$(figure valid_until_timestamp_seconds)" "$(date -d "$(jq -r .valid_until "$web/lists/manifest.json")" +%s)" "until when it holds"

# A removal: the old tag fits no more. What was begun before goes on from the old folder, and its files
# can be had by its serial.
old=$(jq .serial "$web/lists/manifest.json")
get 200 saring.rpz
tag=$(field etag)
cp -rL "$web/lists" "$work/old"
review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
later() { [ "$(date +%s)" -gt "$old" ]; }
wait_for 10 later
publish
get 200 saring.rpz -H "If-None-Match: $tag"
lacks "$(cat "$work/body")" kpu-daftar "the new list"
get 200 saring.rpz -r 0-9 -H "If-Range: $tag"
for name in manifest.json entries.ndjson saring.rpz manifest.json.sig; do
    get 200 "$name?serial=$old"
    cmp "$work/body" "$work/old/$name" || fail "$name of the serial before"
    get 200 "$name?serial=$(jq .serial "$web/lists/manifest.json")"
    cmp "$work/body" "$web/lists/$name" || fail "$name of the serial of now"
done
for serial in 0 1 -1 "$((old - 1))" x "$old%20" "0$old" 99999999999999999999; do get 404 "entries.ndjson?serial=$serial"; done

# saring-pull, straight and through nginx.
cp "$work/musim.json" "$work/pins/season.json"
cp "$state/list.pub" "$work/pins/list.pub"
removals
cabut=$(free_port)
start cabut sh -c "exec python3 -W ignore -m http.server -b 127.0.0.1 -d '$web/cabut' $cabut >/dev/null 2>&1"
wait_for 30 listening "$cabut"
list_entry dua DOMAIN undian-palsu.example 20d >/dev/null
publish
mkdir "$work/hosts.lists"
reloads hosts true
for at in $port $proxied; do
    rm -rf "$work/hosts.pull" "$work/hosts.lists/saring.hosts"
    pull_into hosts 0 "http://127.0.0.1:$at/lists" --removals "http://127.0.0.1:$cabut/removals.json"
    has "$(cat "$work/hosts.lists/saring.hosts")" undian-palsu.example "what saring-pull got at $at"
done

# A log that was cut: the lists are emptied, and the figure says so.
cp "$state/casebook.db" "$work/casebook.db"
for trigger in $(sqlite3 "$state/casebook.db" "SELECT name FROM sqlite_master WHERE type = 'trigger'"); do
    sqlite3 "$state/casebook.db" "DROP TRIGGER $trigger"
done
sqlite3 "$state/casebook.db" 'DELETE FROM log WHERE seq = 3'
publish
is "$(figure emptied)" 1 "that it was emptied"
is "$(figure entries)" 0 "how many are listed then"

# A long list, whose download began before the switch, ends as it began, and is never in memory; while
# somebody else holds as many connections as they get, and asks as often as they can.
review_pid=$(grep -o 'event=started child=review pid=[0-9]*' "$work/run.log" | sed 's/.*=//')
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$review_pid/status"; }
long() { # SERIAL: a folder like publish's, with 48 MiB in it
    mkdir "$web/long.$1"
    head -c 50331648 /dev/urandom >"$web/long.$1/long.txt"
    jq -ncSj --argjson serial "$1" --arg sha "$(sha256sum <"$web/long.$1/long.txt" | cut -d' ' -f1)" \
        '{files: [{bytes: 50331648, format: "text", name: "long.txt", sha256: $sha}], serial: $serial}' >"$web/long.$1/manifest.json"
    echo "-" >"$web/long.$1/manifest.json.sig"
    ln -sfn "long.$1" "$web/next"
    mv -T "$web/next" "$web/lists"
}
at=$port
long 7
before=$(peak)
sum=$(sha256sum <"$web/long.7/long.txt")
start slow curl -s --limit-rate 12M -o "$work/slow" "http://127.0.0.1:$port/lists/long.txt"
slow=$pid
wait_for 30 test -s "$work/slow"
cat >"$work/flood.py" <<'FLOOD'
import socket, sys, time
port, held = int(sys.argv[1]), []
def connect():
    s = socket.socket()
    s.bind(("127.0.0.2", 0)) # an address of its own
    s.connect(("127.0.0.1", port))
    return s
for i in range(400): # with half a request each
    held.append(connect())
    held[-1].sendall(b"GET /lists/manifest.json HTTP/1.1\r\nHost: x\r\n")
counts, s = {}, connect()
for i in range(1500): # as fast as it goes, one behind the other
    try:
        s.sendall(b"GET /lists/manifest.json HTTP/1.1\r\nHost: x\r\n\r\n")
        head = b""
        while b"\r\n\r\n" not in head:
            more = s.recv(65536)
            if not more:
                raise OSError
            head += more
        status = head[9:12].decode()
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = len(head) - head.index(b"\r\n\r\n") - 4
        while body < length:
            body += len(s.recv(65536))
        counts[status] = counts.get(status, 0) + 1
    except OSError:
        s = connect()
print(counts, flush=True)
time.sleep(600)
FLOOD
start flood python3 "$work/flood.py" "$port"
flooded() { grep -q 429 "$work/flood.log"; }
for _ in 1 2 3 4 5; do get 200 manifest.json; done # while it goes on
wait_for 60 flooded
get 200 manifest.json
long 8
get 200 manifest.json
is "$(jq .serial "$work/body")" 8 "the manifest after the switch"
rm -r "$web/long.7"
wait "$slow" || fail "a download is cut by the switch, or by who floods"
is "$(sha256sum <"$work/slow")" "$sum" "a download that began before the switch"
get 206 "long.txt?serial=7" -r 100-199
is "$(stat -c %s "$work/body")" 100 "a part of what is gone from the disk"
[ $(($(peak) - before)) -lt 24000 ] || fail "$(($(peak) - before)) KiB for a list of 48 MiB"
# A link that leads nowhere leaves what was there; one that is put right is followed.
ln -sfn nowhere "$web/next"
mv -T "$web/next" "$web/lists"
get 200 manifest.json
is "$(jq .serial "$work/body")" 8 "with a link that leads nowhere"
long 9
get 200 manifest.json
is "$(jq .serial "$work/body")" 9 "put right"
echo ok
