#!/bin/bash
# `saring evidence` in a network of its own, whose loopback has public addresses: what is kept is what the
# server sent, hop by hop; what is not of the case, or at a private address, is never asked for.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
need unshare
need ip
[ "$(id -u)" = 0 ] || skip "becoming nobody takes root"
unshare -nm true 2>/dev/null || skip "no network of its own can be made here"

add_user rani "Tim Siber Contoh" team >/dev/null
add_user audi "Auditor Contoh" auditor >/dev/null
site=http://situs-uji-saring.com:8000 # a name of the hosts file below alone
case=$(flag satu fraud "$site/isi")
cat >"$work/server.py" <<'END'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        print("GET", self.path, flush=True)
        if self.path == "/isi":
            self.send_response(302); self.send_header("Location", "/formulir"); self.send_header("Content-Length", "0"); self.end_headers()
        elif self.path == "/dalam":
            self.send_response(302); self.send_header("Location", "http://127.0.0.1:8000/rahasia"); self.send_header("Content-Length", "0"); self.end_headers()
        elif self.path == "/besar":
            self.send_response(200); self.send_header("Content-Length", str(64 << 20)); self.end_headers()
            try:
                for _ in range(64): self.wfile.write(b"x" * (1 << 20))
            except OSError: pass
        elif self.path == "/potong":
            self.send_response(200); self.send_header("Transfer-Encoding", "chunked"); self.end_headers()
            self.wfile.write(b"5\r\nNIK: \r\n4\r\n\x00\xff\r\n\r\n0\r\n\r\n")
        else:
            body = b"<form action=kirim>NIK <input name=nik></form>"
            self.send_response(200); self.send_header("Content-Type", "text/html"); self.send_header("Content-Length", str(len(body))); self.end_headers()
            self.wfile.write(body)
    def do_POST(self): print("POST", self.path, flush=True); self.send_error(405)
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
END
cat >"$work/inside" <<'END'
set -eu
cd "$work"
ip link set lo up
ip addr add 198.41.0.4/32 dev lo
printf '198.41.0.4 situs-uji-saring.com lain-uji-saring.com\n' >hosts
chmod 644 hosts
mount --bind hosts /etc/hosts
python3 server.py >asked 2>server.log &
server=$!
trap 'kill $server' EXIT
for i in $(seq 1800); do (exec 3<>/dev/tcp/198.41.0.4/8000) 2>/dev/null && break; sleep 0.05; done
run() { name=$1; shift; status=0; "$saring" evidence "$@" --state "$state" --rules "$root/rules" --password-file "$work/rani.pw" >"$name.out" 2>"$name.err" || status=$?; echo $status >"$name.status"; }
run page add "$case" "$site/isi" --user rani --json
run chunks add "$case" "$site/potong" --user rani --json
run large add "$case" "$site/besar" --user rani --json
run inner add "$case" "$site/dalam" --user rani --json
run private add "$case" http://127.0.0.1:8000/isi --user rani
run other add "$case" http://lain-uji-saring.com:8000/isi --user rani
run file add "$case" file:///etc/passwd --user rani
run none add 99 "$site/isi" --user rani
run dead add "$case" http://situs-uji-saring.com:8001/isi --user rani
status=0
"$saring" evidence add "$case" "$site/isi" --state "$state" --rules "$root/rules" --user audi --password-file "$work/audi.pw" >auditor.out 2>auditor.err || status=$?
echo $status >auditor.status
END
export work saring root state case site
unshare -nm bash "$work/inside" || fail "the commands did not run through"
status() { is "$(cat "$work/$1.status")" "$2" "exit code of $1 ($(cat "$work/$1.err"))"; }

status page 0
sha=$(jq -r .sha256 "$work/page.out")
"$saring" evidence get "$sha" --state "$state" --out "$work/page.warc"
is "$(sha256sum "$work/page.warc" | cut -d' ' -f1)" "$sha" "the file's hash is the evidence's"
is "$(jq -c '[.status, .by, .url]' "$work/page.out")" "[200,\"rani\",\"$site/isi\"]" "what is said of it"
cat >"$work/read.py" <<'END'
import sys, hashlib
data = open(sys.argv[1], "rb").read(); at = 0
while at < len(data):
    end = data.index(b"\r\n\r\n", at)
    head = data[at:end].decode().split("\r\n")
    assert head[0] == "WARC/1.1", head[0]
    fields = dict(line.split(": ", 1) for line in head[1:])
    block = data[end + 4:end + 4 + int(fields["Content-Length"])]
    assert len(block) == int(fields["Content-Length"])
    assert fields["WARC-Block-Digest"] == "sha256:" + hashlib.sha256(block).hexdigest()
    at = end + 4 + len(block)
    assert data[at:at + 4] == b"\r\n\r\n"; at += 4
    print(fields["WARC-Type"], fields.get("WARC-Target-URI", "-"), fields.get("WARC-IP-Address", "-"), fields.get("WARC-Truncated", "-"), repr(block[:20] if len(sys.argv) < 3 else block[-20:]))
END
is "$(python3 "$work/read.py" "$work/page.warc" | cut -d' ' -f1-4 | paste -sd'|')" \
    "warcinfo - - -|response $site/isi 198.41.0.4 -|request $site/isi 198.41.0.4 -|response $site/formulir 198.41.0.4 -|request $site/formulir 198.41.0.4 -|conversion $site/formulir - -" "its records"
grep -q 'NIK <input name=nik>' "$work/page.warc" || fail "the page is not in it"
status chunks 0
"$saring" evidence get "$(jq -r .sha256 "$work/chunks.out")" --state "$state" >"$work/chunks.warc"
has "$(python3 "$work/read.py" "$work/chunks.warc" end | sed -n 2p)" '\x00\xff\r\n\r\n0\r\n\r\n' "bytes as they came"
status large 0
"$saring" evidence get "$(jq -r .sha256 "$work/large.out")" --state "$state" --out "$work/large.warc"
has "$(python3 "$work/read.py" "$work/large.warc")" "length" "what was cut says so"
[ "$(stat -c %s "$work/large.warc")" -lt $((9 << 20)) ] || fail "more than 8 MiB are kept"
status inner 0
is "$(jq .status "$work/inner.out")" 302 "where it led is in it, and not gone to"
for name in private other none; do status $name 1; done
status file 1
status dead 2
status auditor 1
lacks "$(cat "$work/asked")" rahasia "a private address was asked"
lacks "$(cat "$work/asked")" POST "a form was sent"
is "$("$saring" evidence list "$case" --state "$state" --json | wc -l)" 4 "what is kept"
is "$("$saring" audit show --state "$state" --json | jq -r 'select(.action == "evidence") | .actor' | wc -l)" 4 "rows of the log"
is "$("$saring" audit show --state "$state" --json | jq -r 'select(.action == "refused" and .detail.action == "evidence") | .actor' | wc -l)" 5 "refusals of the log"
lacks "$("$saring" audit show --state "$state" --json)" uji-saring "no address stands in the log"

# It goes with the case's content: nothing of the page is left in the raw bytes.
grep -q 'input name=nik' "$state"/casebook.db* || fail "the page is not where it is looked for"
lease=$(review claim "$case" rani --json | jq -r .lease)
review dismiss "$case" rani --lease "$lease" --reason 'Bukan penipuan.' >/dev/null
ahead=$((73 * 3600))
refused "" review claim 99 rani # a command makes the moves of the clock first
[ -z "$("$saring" evidence list "$case" --state "$state" --json)" ] || fail "captures are left"
! grep -l 'input name=nik' "$state"/* 2>/dev/null || fail "words of a purged page are left"
