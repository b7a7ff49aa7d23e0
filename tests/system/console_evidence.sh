#!/bin/bash
# The button that captures a page, in a network of its own whose loopback has public addresses: what is kept, how it is
# read, and that the process with the casebook opens no connection.
. "$(dirname "$0")/lib.sh"
need unshare
need ip
need curl
[ "$(id -u)" = 0 ] || skip "an own network takes root"
if [ "${inside:-}" = "" ]; then
    unshare -nm true 2>/dev/null || skip "no network of its own can be made here"
    inside=yes unshare -nm bash "$0" || exit $?
    exit 0
fi
ip link set lo up
ip addr add 198.41.0.4/32 dev lo
printf '127.0.0.1 localhost\n198.41.0.4 kpu-daftar.example lain.example\n' >"$work/hosts"
chmod 644 "$work/hosts"
mount --bind "$work/hosts" /etc/hosts
cat >"$work/server.py" <<'END'
import base64, http.server, os, sys, time
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def give(self, kind, body, status=200, *fields):
        self.send_response(status); self.send_header("Content-Type", kind); self.send_header("Content-Length", str(len(body)))
        for name, value in fields: self.send_header(name, value)
        self.end_headers(); self.wfile.write(body)
    def do_GET(self):
        print(self.path, flush=True)
        if self.path == "/verifikasi": self.give("text/html", b"", 302, ("Location", "/formulir"))
        elif self.path == "/logo": self.give("text/html", PNG)
        elif self.path == "/svg": self.give("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
        elif self.path == "/lama":
            while not os.path.exists(sys.argv[1] + "/go"): time.sleep(0.05)
            self.give("text/html", b"<p>akhirnya")
        else: self.give("text/html; charset=utf-8", b"<script>alert('x')</script><h1>Verifikasi NIK</h1><p>Isi <b>NIK</b> di http://kpu-daftar.example/kirim <form action=kirim>")
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("198.41.0.4", 80), Handler).serve_forever()
END
start server python3 "$work/server.py" "$work"
wait_for 30 curl -fsS -o /dev/null http://kpu-daftar.example/
. tests/system/console_people.bash
for name in sari rina adit; do sign_in $name; done
id=$(find_case 'data pemilih')
evidence() { page "${1:-sari}" "/cases/$id/evidence" -H 'Accept: application/json'; }
idle() { evidence | jq -e '.open == 0'; }
# capture NAME URL: ordered on the page, done; prints its SHA-256
capture() {
    done_by "$1" "/cases/$id/evidence" "/cases/$id/evidence" 'Halaman akan direkam' -d "url=$2"
    wait_for 60 idle
    evidence | jq -r --arg url "$2" '[.items[] | select(.url == $url)] | last | .sha256 // "none"'
}

# Each redirect, its text without its scripts, its size, and the file as it is kept.
sha=$(capture sari http://kpu-daftar.example/verifikasi)
weigh adit "/captures/$sha"
html=$(page adit "/captures/$sha")
has "$html" 'Verifikasi NIK' 'the text of the page'
has "$html" 'hxxp://kpu-daftar[.]example/kirim' 'links open nowhere'
lacks "$html" 'alert(' 'its script'
has "$html" 'kpu-daftar[.]example/formulir' 'where it led'
has "$html" '198.41.0.4' 'who answered'
page rina "/captures/$sha/file.warc" -D "$work/head" >"$work/file.warc"
is "$(sha256sum "$work/file.warc" | cut -d' ' -f1)" "$sha" 'the file'
has "$(cat "$work/head")" 'attachment' 'it is kept, not opened'
has "$(page sari "/cases/$id")" "$sha" 'the case shows it'
has "$(page sari "/cases/$id")" "/captures/$sha" 'the way to it'
is "$(page adit "/captures/$sha/image" -o /dev/null -w '%{http_code}')" 404 'a page is no image'
# It is what a proposal names, filled in.
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
has "$(page sari "/cases/$id/propose")" "$sha" 'the form of proposals'

# An image is named with its size and shown when asked for, by what its bytes are; a drawing with a script is none.
logo=$(capture rina http://kpu-daftar.example/logo)
html=$(page adit "/captures/$logo")
lacks "$html" '<img' 'an image that nobody asked for'
has "$html" 'Tampilkan gambar (1 KiB)' 'its size'
page adit "/captures/$logo/look" -D "$work/head" -o /dev/null
is "$(grep -ci 'content-security-policy' "$work/head")" 1 'one policy'
has "$(cat "$work/head")" "img-src 'self'" 'a picture of ours'
weigh adit "/captures/$logo/look"
has "$(page adit "/captures/$logo/look")" "<img class=\"grey\" loading=\"lazy\" src=\"/captures/$logo/image\"" 'on request, in grey'
page adit "/captures/$logo/image" -D "$work/head" -o "$work/logo.png"
has "$(tr 'A-Z' 'a-z' <"$work/head")" 'content-type: image/png' 'by its bytes'
has "$(tr 'A-Z' 'a-z' <"$work/head")" 'nosniff' 'and nothing else'
is "$(head -c 4 "$work/logo.png" | tail -c 3)" PNG 'the image'
svg=$(capture sari http://kpu-daftar.example/svg)
lacks "$(page adit "/captures/$svg/look")" '<img' 'a drawing'
is "$(page adit "/captures/$svg/image" -o /dev/null -w '%{http_code}')" 404 'a drawing'

# Failures say why, and other sites are never asked.
done_by sari "/cases/$id/evidence" "/cases/$id/evidence" 'Ditolak' -d url=http://lain.example/x
done_by sari "/cases/$id/evidence" "/cases/$id/evidence" 'Halaman akan direkam' -d url=http://kpu-daftar.example:81/mati
wait_for 60 idle
is "$(evidence | jq -r '.orders[-1].state')" failed 'a dead port'
has "$(page adit "/cases/$id/evidence")" 'Gagal' 'and the page says so'
lacks "$(cat "$work/server.log")" '/x' 'another site'

# A camera that dies is tried once more; the console goes on meanwhile, and nobody else speaks with the site.
done_by sari "/cases/$id/evidence" "/cases/$id/evidence" 'Halaman akan direkam' -d url=http://kpu-daftar.example/lama
asked() { [ "$(grep -c '^/lama' "$work/server.log")" -ge "$1" ]; }
wait_for 60 asked 1
has "$(page sari "/cases/$id/evidence")" 'Sedang diambil' 'progress'
review_pid=$(sed -n 's/.*event=started child=review pid=\([0-9]*\).*/\1/p' "$work/run.log" | tail -n 1)
camera() { sed -n 's/.*event=started child=camera pid=\([0-9]*\).*/\1/p' "$work/run.log" | tail -n 1; }
lacks "$(ss -tnp 2>/dev/null | grep '198.41.0.4:80' || true)" "pid=$review_pid," 'the process with the casebook'
first=$(camera)
kill -9 "$first"
wait_for 60 eval '[ "$(camera)" != "$first" ]'
wait_for 60 asked 2
touch "$work/go"
wait_for 60 idle
is "$(evidence | jq -r '[.items[] | select(.url | endswith("/lama"))] | length')" 1 'captured after all'
! kill -0 "$first" 2>/dev/null || fail 'the first camera is still there'
is "$(evidence adit | jq ".items | length")" 4 'what is kept'
"$saring" audit verify --state "$state" >/dev/null
is "$(sqlite3 "$state/casebook.db" "SELECT count(*) FROM log WHERE action = 'evidence'")" 4 'rows of the log'
lacks "$(cat "$work/run.log")" 'kpu-daftar' 'an address in the log'
echo ok
