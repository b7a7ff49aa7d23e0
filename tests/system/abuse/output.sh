#!/bin/bash
# REVIEW, section 5, checks 33, 34 and 36: what people wrote in files that other programs read, and what a
# machine is sent to fetch.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"

check 33 'sel CSV = + - @ tab CR, lebar penuh / CSV cells = + - @ tab CR, full-width' 'ekspor, register / export, register'
n=0
for start in = + - '＝' '＋' '－'; do
    n=$((n + 1))
    id=$(flag "sel-$n" fraud "http://sel-$n.example/")
    propose "$id" sari DOMAIN "sel-$n.example" 20d --reason "${start}HYPERLINK(\"http://jahat.example\") situs meniru KPU dan meminta NIK serta kode OTP lewat formulir." \
        --milder "${start}1+1 sudah dilaporkan." >/dev/null
    answered rina
    approval rina >/dev/null
done
# A handle is no part of what is published; a control code is none of a reason.
for start in @ ＠ $'\t' $'\r'; do
    id=$(flag "sel-$(printf %d "'$start")" fraud "http://sel-kendali-$(printf %d "'$start").example/")
    status=0
    propose "$id" sari DOMAIN "sel-kendali-$(printf %d "'$start").example" 20d --reason "${start}=1+1 situs meniru KPU dan meminta NIK serta kode OTP lewat formulir palsu di sana." >"$work/try.out" 2>&1 || status=$?
    tries=$((tries + 1))
done
clocked "$saring" export csv --state "$state" >"$work/daftar.csv" 2>/dev/null || true
"$saring" register --out "$work/register" --state "$state" >/dev/null 2>&1
grep -c sel- "$work/daftar.csv" "$work/register/register.csv" >"$work/cells.count"
cat >"$work/cells.py" <<'P'
import csv, io, sys
seen = 0
for path in sys.argv[1:]:
    lines = [l for l in open(path, newline="", encoding="utf-8") if not l.startswith("#")]
    for row in csv.reader(io.StringIO("".join(lines))):
        for cell in row:
            seen += "HYPERLINK" in cell
            if cell[:1] in "=+-@\t\r\n＝＋－＠" and cell[:1]:
                sys.exit(f"{path}: a cell begins like a formula: {cell[:30]!r}")
            if "\r" in cell or "\t" in cell[:2]:
                sys.exit(f"{path}: a cell holds a control code: {cell[:30]!r}")
print(seen)
P
held 'no cell of a list or of the register is a formula' python3 "$work/cells.py" "$work/daftar.csv" "$work/register/register.csv"
[ "$(python3 "$work/cells.py" "$work/register/register.csv" "$work/daftar.csv")" -ge 6 ] || fail '33: the cells are not there at all'
cp "$work/situs/register.csv" "$work/sendiri.csv" 2>/dev/null && held 'nor of the one that the program serves' python3 "$work/cells.py" "$work/sendiri.csv"
picture >"$work/before"
cli 'as a name in a list' 'target' propose "$id" sari DOMAIN '=cmd|calc.example' 20d
logged 'a formula for a target' 1 'target'
same
done_check

check 34 'baris baru, ";", $INCLUDE di berkas hosts, RPZ, proksi / newline, ";", $INCLUDE in hosts, RPZ, proxy files' 'usulan, ekspor / proposal, export'
for target in $'a.example\nb.example' $'a.example\r\n0.0.0.0 b.example' 'a.example;b' '$INCLUDE /etc/passwd' '$ORIGIN' 'a.example # b' 'a b.example' \
    'a.example/' '"a".example' 'a\.example' '@' '(a.example' 'a.example|b' '-a.example' $'a\x01.example' 'a,b.example' '{a}.example'; do
    cli "the target $(printf %q "$target")" '.' propose "$id" sari HOST "$target" 20d
done
logged 'targets' 10 'target'
for target in $'https://sel.example/a\nb' $'https://sel.example/a b' 'https://sel.example/a"b' "https://sel.example/a'b;c" 'https://sel.example/$INCLUDE' 'https://sel.example/a#b'; do
    propose "$id" sari URL "$target" 20d >"$work/try.out" 2>&1 && review withdraw "$id" sari --reason 'Hanya uji.' >/dev/null
    tries=$((tries + 1))
    id=$(flag "url-$tries" fraud "http://url-$tries.example/")
done
picture >"$work/before"
for text in $'banding.example\nfoo.example CNAME .' $'x\r\ny' '$INCLUDE /etc/passwd'; do
    status=0
    "$saring" export all --out "$work/appeal" --appeal "$text" --state "$state" >"$work/export.out" 2>"$work/export.err" || status=$?
    if [ $status = 0 ]; then
        ! grep -rnE --exclude-dir=blokir '^(foo\.example|y$|\$INCLUDE)' "$work/appeal" || fail "34: --appeal writes a line of its own"
    fi
    tries=$((tries + 1))
done
cli 'a zone of two lines' '.' "$saring" export rpz --zone $'saring.rpz\nx' --state "$state"
cli 'a zone with a directive' '.' "$saring" export rpz --zone '$INCLUDE' --state "$state"
"$saring" export all --out "$work/semua" --state "$state" >/dev/null 2>&1 || true
held 'every list has the names that were signed, and nothing else' eval '! grep -rqE "b\.example|passwd|INCLUDE" "$work/semua"'
if PATH=$PATH:/usr/sbin builtin command -v named-checkzone >/dev/null; then
    held 'BIND reads the zone' env PATH="$PATH:/usr/sbin" named-checkzone -q saring.rpz "$work/semua/saring.rpz"
fi
same
done_check

check 36 'SSRF pada rekaman: alamat privat, rebinding, pengalihan, bom, entitas XML / snapshot SSRF: private IP, rebinding, redirect, bomb, XML entity' 'pengambil, buku kasus / fetcher, casebook'
[ "$(id -u)" = 0 ] || skip 'the captures become nobody, which takes root'
unshare -nm true 2>/dev/null || skip 'no network of its own can be made here'
case=$(flag ssrf fraud http://situs-uji-saring.com:8000/isi)
picture >"$work/before"
mark
cat >"$work/server.py" <<'P'
import gzip, http.server
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def give(self, code, body=b"", **head):
        self.send_response(code)
        for k, v in head.items(): self.send_header(k.replace("_", "-"), v)
        self.send_header("Content-Length", str(len(body))); self.end_headers()
        try: self.wfile.write(body)
        except OSError: pass
    def do_GET(self):
        print("GET", self.headers.get("Host"), self.path, flush=True)
        inner = {"/ke-dalam": "http://127.0.0.1:8000/rahasia", "/ke-v6": "http://[::1]:8000/rahasia", "/ke-angka": "http://2130706433:8000/rahasia",
                 "/ke-awan": "http://169.254.169.254:8000/rahasia", "/ke-berkas": "file:///etc/passwd", "/ke-lain": "http://dalam.situs-uji-saring.com:8000/rahasia",
                 "/ke-gopher": "gopher://127.0.0.1:8000/_x", "/putar": "/putar"}
        if self.path in inner: self.give(302, Location=inner[self.path])
        elif self.path == "/bom": self.give(200, gzip.compress(b"0" * (200 << 20), 1), Content_Encoding="gzip", Content_Type="text/html")
        elif self.path == "/entitas": self.give(200, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:8000/rahasia">]><a>&x;&y;</a>', Content_Type="application/xml")
        else: self.give(200, b"<form>NIK</form>", Content_Type="text/html")
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), H).serve_forever()
P
cat >"$work/inside" <<'S'
cd "$work"
ip link set lo up
ip addr add 198.41.0.4/32 dev lo
ip addr add 169.254.169.254/32 dev lo
printf '198.41.0.4 situs-uji-saring.com\n127.0.0.1 dalam.situs-uji-saring.com\n10.0.0.5 sepuluh.situs-uji-saring.com\n' >hosts
chmod 644 hosts
mount --bind hosts /etc/hosts
python3 server.py >asked 2>server.log &
server=$!
trap 'kill $server' EXIT
for i in $(seq 1800); do (exec 3<>/dev/tcp/198.41.0.4/8000) 2>/dev/null && break; sleep 0.05; done
run() { status=0; timeout 60 "$saring" evidence add "$case" "$2" --user sari --password-file "$work/sari.pw" --state "$state" --rules "$work/rules" >"$1.out" 2>"$1.err" || status=$?; echo $status >"$1.status"; }
run privat http://127.0.0.1:8000/rahasia
run v6 'http://[::1]:8000/rahasia'
run angka http://2130706433:8000/rahasia
run awan http://169.254.169.254:8000/rahasia
run ikat http://dalam.situs-uji-saring.com:8000/rahasia
run sepuluh http://sepuluh.situs-uji-saring.com:8000/rahasia
run berkas file:///etc/passwd
run kredensial http://sari:sandi@situs-uji-saring.com:8000/isi
for path in ke-dalam ke-v6 ke-angka ke-awan ke-berkas ke-lain ke-gopher putar bom entitas; do run "$path" "http://situs-uji-saring.com:8000/$path"; done
S
export work saring state case
unshare -nm bash "$work/inside" || fail '36: the commands did not run through'
for name in privat v6 angka awan ikat sepuluh berkas; do
    [ "$(cat "$work/$name.status")" != 0 ] || fail "36: $name was fetched"
    tries=$((tries + 1))
done
for name in ke-dalam ke-v6 ke-angka ke-awan ke-berkas ke-lain ke-gopher putar bom entitas; do
    [ "$(cat "$work/$name.status")" != 124 ] || fail "36: $name hangs"
    tries=$((tries + 1))
done
lacks "$(cat "$work/asked")" /rahasia '36: what was asked for'
[ "$(wc -c <"$state/casebook.db")" -lt $((48 << 20)) ] || fail '36: a bomb was kept unpacked'
! grep -qa 'root:x:0:0' "$state"/casebook.db* || fail '36: a file of this machine is in the casebook'
logged 'addresses' 5 'evidence'
same
done_check
