#!/bin/bash
# A listed host, domain, URL and prefix of a signed season in a real Squid; asked again after a
# removal and after an end.
. "$(dirname "$0")/lib.sh"
need squid
need curl
need python3
. "$root/tests/system/people.bash"
PATH=$PATH:/usr/sbin

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 30d)
list_entry dua HOST www.bantuan-palsu.example 30d >/dev/null
url=$(list_entry tiga URL 'http://berkas.example/apk/(kpu)+v1.apk?unduh=1' 30d)
list_entry empat URL_PREFIX http://toko.example/masuk 30d >/dev/null
# Below a listed domain: Squid dies of a list that holds both.
list_entry lima HOST www.kpu-daftar.example 30d http://jendela.example/ >/dev/null

server_folder squid
export_to "$work/squid/daftar" squid
is "$(grep -v '^#' "$work/squid/daftar")" "$(printf '.kpu-daftar.example\nwww.bantuan-palsu.example')" "dstdomain"

origin=$(free_port)
cat >"$work/origin.py" <<'P'
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"asli")
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
P
start origin python3 "$work/origin.py" "$origin"
wait_for 20 listening "$origin"
port=$(free_port)
cat >"$work/squid/squid.conf" <<Z
http_port 127.0.0.1:$port
pid_filename $work/squid/squid.pid
cache_log $work/squid/cache.log
access_log none
coredump_dir $work/squid
cache deny all
cache_mem 8 MB
netdb_filename none
pinger_enable off
shutdown_lifetime 1 seconds
visible_hostname saring-uji
max_filedescriptors 1024
workers 1
dns_nameservers 127.0.0.1
cache_peer 127.0.0.1 parent $origin 0 no-query no-digest originserver name=o
acl saring_nama dstdomain "$work/squid/daftar"
acl saring_url url_regex "$work/squid/daftar.url_regex"
never_direct allow all
http_access deny saring_nama
http_access deny saring_url
http_access allow all
Z
as_nobody squid -k parse -f "$work/squid/squid.conf" >"$work/parse.log" 2>&1 &
wait $! || fail "squid does not take the list: $(tail -n 3 "$work/parse.log")"
if grep -E 'WARNING|ERROR' "$work/parse.log" | grep -v 'BCP 177' | grep .; then fail "squid warns of the list"; fi
start squid as_nobody squid -N -f "$work/squid/squid.conf"
squid_pid=$pid
wait_for 20 listening "$port"

code() { curl -sg -o /dev/null -w '%{http_code}' -m 15 -x "http://127.0.0.1:$port" "$1"; }
gives() { [ "$(code "$2")" = "$1" ]; }
# ask CODE URL…
ask() {
    local code=$1 url
    shift
    for url; do wait_for 20 gives "$code" "$url"; done
}
publish() {
    export_to "$work/squid/daftar" squid
    kill -HUP "$squid_pid"
}

ask 403 http://kpu-daftar.example/ http://www.kpu-daftar.example/x http://KPU-Daftar.example:80/ \
    http://www.bantuan-palsu.example/ 'http://berkas.example/apk/(kpu)+v1.apk?unduh=1' \
    http://toko.example/masuk http://toko.example/masuk/nik http://toko.example/masuk?x
ask 200 http://bantuan-palsu.example/ http://x.www.bantuan-palsu.example/ http://bukankpu-daftar.example/ \
    http://berkas.example/ http://toko.example/ 'http://berkas.example/apk/(kpu)+v1.apk' 'http://berkas.example/apk/kpuuv1.apk?unduh=1' \
    http://toko.example/masukan 'http://tersedia.example/?http://toko.example/masuk'
is "$(curl -s -o /dev/null -w '%{http_connect}' -m 60 -x "http://127.0.0.1:$port" https://kpu-daftar.example/)" 403 \
    "a tunnel to a listed name"

review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
review remove "$url" rina --reason 'Berkas sudah dihapus.' >/dev/null
publish
# What the removed domain covered stands alone now.
ask 200 http://kpu-daftar.example/ 'http://berkas.example/apk/(kpu)+v1.apk?unduh=1'
ask 403 http://www.kpu-daftar.example/ http://toko.example/masuk

list_entry enam DOMAIN undian-palsu.example 2h >/dev/null
publish
ask 403 http://undian-palsu.example/
ahead=$((3 * 3600))
publish
ask 200 http://undian-palsu.example/
ask 403 http://www.bantuan-palsu.example/
echo ok
