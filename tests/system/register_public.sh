#!/bin/bash
# The public listener for somebody whose site does not open: why, from the static register alone; how to
# object; and a flood of appeals, which never keeps out a first one (abuse check 49).
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
need curl
new_key rina
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Lembaga Pantau Contoh" independent >/dev/null
flag nol fraud https://tanpa-aturan.com/ >/dev/null
mkdir -m 777 "$work/publik" "$work/contoh"
echo 'sources: []' >"$work/contoh/sources.yml"
port=$(free_port)
cat >"$work/saring.yml" <<END
state: $state
example: contoh
public: { port: $port, folder: publik, origin: 'https://register.example' }
console: { port: 0 }
END
start run "$saring" run -c "$work/saring.yml"
wait_for 60 listening "$port"
# Its rules are looked at once, at the start, and void what rests on none of them: this one, and none of those below.
wait_for 120 grep -q voided "$work/run.log"
first=$(list_entry satu DOMAIN kpu-daftar.com 20d)
second=$(list_entry dua HOST masuk.bansos-palsu.com 20d)
third=$(list_entry tiga DOMAIN pulsa-pilkada.com 20d)
# The program writes the pages with its tick; here nobody waits for that.
write_pages() { "$saring" register --out "$work/publik" --origin https://register.example --state "$state" 2>/dev/null; }
write_pages
at=http://127.0.0.1:$port
get() { curl -s --path-as-is -o "$work/body" -w '%{http_code}' "$@"; }
why() { is "$(curl -sG -o "$work/body" -w '%{http_code}' --data-urlencode "q=$1" "$at/mengapa")" 200 "$1"; }
body() { cat "$work/body"; }
says() { has "$(body)" "$1" "$2"; }

# In any spelling; sub-names of a domain, none of a host; nothing of ours; words; an attack.
for name in kpu-daftar.com a.b.KPU-daftar.com. 'https://kpu-daftar.com:8443/x?y#z' 'hxxps://kpu-daftar[.]com/'; do
    why "$name"
    says "Ya, ada dalam daftar kami" "$name"
    says "/kasus-$first.html" "$name"
    says "/kasus-$first.html#keberatan" "$name"
done
why masuk.bansos-palsu.com
says "/kasus-$second.html" "a host"
why bansos-palsu.com
says "tidak pernah" "above a host"
why bukan-daftar.example
says "tidak pernah" "none of ours"
why 'mengapa situs saya?'
says "bukan nama atau alamat" "words"
why '"><script>alert(1)</script>'
lacks "$(body)" '<script' "an attack"
why "$(printf 'a%.0s' {1..500}).example"
says "bukan nama atau alamat" "too long"
for query in '' '?' '?q=' '?q=%zz' '?q=%ff' '?x=1&y' '?q=a%00b'; do
    is "$(get "$at/mengapa$query")" 200 "/mengapa$query"
    says "bukan nama atau alamat" "/mengapa$query"
done
is "$(get "$at/mengapa?utm=1&q=kpu-daftar.com")" 200 "what else is in the query"
says "kasus-$first.html" "what else is in the query"
lacks "$(cat "$work/run.log")" bukan-daftar "what was asked, in a log"
is "$(curl -s -o "$work/body" -w '%{http_code} %{content_type}' "$at/manifest.json")" "200 application/json" "the manifest"
# The program's tick may write the files anew in the midst of it: then they do not fit, and are taken again.
whole() {
    rm -rf "$work/unduhan"
    mkdir "$work/unduhan"
    curl -fsS -o "$work/body" "$at/manifest.json" || return
    for name in manifest.json manifest.sig saring.pub $(jq -r '.files[].name' "$work/body"); do
        curl -fsS -o "$work/unduhan/$name" "$at/$name" || return
    done
    "$saring" register verify "$work/unduhan" | grep -q utuh
}
wait_for 60 whole

# A flood about one case: its first appeal is taken, then so many wait, then it is said to wait.
flood() { # CASE TIMES: the answers, counted
    seq "$2" | xargs -P 8 -I{} curl -s -o /dev/null -w '%{http_code}\n' --data-urlencode "case=$1" \
        --data-urlencode "ground=Banjir keberatan nomor {}, yang tidak berdasar sama sekali." "$at/banding" | sort | uniq -c
}
flood "$first" 150 >"$work/banjir"
grep -q ' 429' "$work/banjir" || fail "a flood is not slowed down: $(cat "$work/banjir")"
# From the very address of the flood, at once: the first appeals about the others are taken.
for id in "$second" "$third"; do
    is "$(get --data-urlencode "case=$id" --data-urlencode 'ground=Situs ini milik koperasi kami; tidak pernah meminta data.' \
        "$at/banding")" 200 "a first appeal amid a flood, case $id"
    says "ditangguhkan" "what it did, case $id"
    is "$("$saring" review show "$id" --json --state "$state" | jq -r .entry_state)" suspended "the entry of case $id"
done
is "$("$saring" review show "$first" --json --state "$state" | jq -r .entry_state)" suspended "the entry of the flood"
receipt=$(grep -oE '[A-Za-z0-9]{26}' "$work/body" | head -n 1)
[ -n "$receipt" ] || fail "no receipt"

# Suspended is told, a removal too, and the feed has each change.
write_pages
why pulsa-pilkada.com
says "sekarang ditangguhkan" "suspended"
review remove "$third" rina --reason 'Domainnya sudah kembali ke pemiliknya.' >/dev/null
write_pages
why pulsa-pilkada.com
says "Tidak lagi" "removed"
says "usang" "what to do if it still does not open"
curl -fsS -o "$work/perubahan.atom" "$at/perubahan.atom"
python3 - "$work/perubahan.atom" "$third" <<'END'
import sys, xml.etree.ElementTree as xml
a = "{http://www.w3.org/2005/Atom}"
feed = xml.parse(sys.argv[1]).getroot()
titles = [e.find(a + "title").text for e in feed.iter(a + "entry") if e.find(a + "title").text.startswith(f"Kasus {sys.argv[2]}:")]
titles.reverse()
assert titles[0].endswith("listed, active"), titles
assert any("active → listed, suspended" in t for t in titles), titles
assert "removed" in titles[-1], titles
END

# Bulk data goes out from the file: who reads it slowly, and many do, costs no memory; nor is it cut.
head -c 12000000 /dev/urandom | od -An -tx1 -v | head -c 30000000 >"$work/publik/uji.ndjson"
curl -fsS --compressed -D "$work/heads" "$at/uji.ndjson" | cmp - "$work/publik/uji.ndjson" || fail "bulk data, whole"
has "$(tr -d '\r' <"$work/heads")" 'Content-Length: 30000000' "bulk data"
python3 - "$port" "$work" <<'END' || fail "slow readers of bulk data fill the memory"
import os, re, socket, sys
port, work = int(sys.argv[1]), sys.argv[2]
def resident():
    most = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if work in open(f"/proc/{pid}/cmdline").read():
                most = max(most, int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]))
        except (OSError, TypeError): pass
    return most
before, readers = resident(), []
assert before > 0
for i in range(20):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.bind((f"127.0.7.{i + 1}", 0))
    one.settimeout(120)
    one.connect(("127.0.0.1", port))
    one.sendall(b"GET /uji.ndjson HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")
    assert one.recv(12) == b"HTTP/1.1 200", i
    readers.append(one)
grown = resident() - before
print(f"20 slow readers of 30 MB: {grown} KiB")
assert grown < 128 << 10, grown
END
kill "$pid" && wait "$pid" || true
