#!/bin/bash
# One list, in the format of every resolver and proxy that is installed: loaded by the real program,
# which is asked for what is listed and for what is not; then the same after a removal.
. "$(dirname "$0")/lib.sh"
need named
need dig
need curl
need python3
. "$root/tests/system/people.bash"
PATH=$PATH:/usr/sbin

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua HOST www.bantuan-palsu.example 20d >/dev/null
list_entry tiga URL 'http://berkas.example/apk/(kpu)+v1.apk?unduh=1' 20d >/dev/null
list_entry empat URL_PREFIX http://toko.example/masuk 20d >/dev/null
list_entry lima HOST www.kpu-daftar.example 20d http://jendela.example/ >/dev/null
lists=$work/lists
"$saring" export all --out "$lists" --state "$state" 2>>"$work/export.log"
start_upstream
chmod -R a+rX "$work"

there() { command -v "$1" >/dev/null || { echo "$1 is not installed: not asked"; return 1; }; }
code() { curl -sg -o /dev/null -w '%{http_code}' -m 15 "$@"; }
gives() {
    local want=$1
    shift
    [ "$(code "$@")" = "$want" ]
}
# blocks PORT NAME…, passes PORT NAME…: of a resolver
is_blocked() { case "$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A)/$(rcode "$1" "$2")" in 0.0.0.0/NOERROR | /NXDOMAIN) ;; *) return 1 ;; esac; }
is_free() { [ "$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A)" = 192.0.2.99 ]; }
blocks() {
    local port=$1 name
    shift
    for name; do wait_for 20 is_blocked "$port" "$name"; done
}
passes() {
    local port=$1 name
    shift
    for name; do wait_for 20 is_free "$port" "$name"; done
}
check_resolver() {
    wait_for 20 answers "$1" tersedia.example NOERROR
    blocks "$1" kpu-daftar.example www.kpu-daftar.example a.b.kpu-daftar.example www.bantuan-palsu.example
    passes "$1" bantuan-palsu.example x.www.bantuan-palsu.example bukankpu-daftar.example berkas.example toko.example
}
resolvers=()

if there dnsmasq; then
    port=$(free_port)
    start dnsmasq dnsmasq -k -p "$port" --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts --no-poll \
        --user= --log-facility=- --conf-file=/dev/null --pid-file= -S "127.0.0.1#$upstream" \
        --servers-file="$lists/saring.dnsmasq" --addn-hosts="$lists/saring.dnsmasq.hosts"
    resolvers+=("$port $pid HUP")
    check_resolver "$port"
fi
if there unbound; then
    port=$(free_port)
    server_folder unbound
    cat >"$work/unbound/unbound.conf" <<Z
server:
  interface: 127.0.0.1
  port: $port
  do-ip6: no
  username: ""
  chroot: ""
  directory: "$work/unbound"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  module-config: "iterator"
  include: "$lists/saring.unbound.conf"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@$upstream
Z
    unbound-checkconf "$work/unbound/unbound.conf" >"$work/checkconf.log" || fail "unbound does not take its list"
    start unbound as_nobody unbound -d -p -c "$work/unbound/unbound.conf"
    resolvers+=("$port $pid HUP")
    check_resolver "$port"
fi
if there dnsdist; then
    port=$(free_port)
    cat >"$work/dnsdist.conf" <<Z
setLocal('127.0.0.1:$port')
setACL({'127.0.0.0/8'})
setSecurityPollSuffix('')
newServer({address='127.0.0.1:$upstream', healthCheckMode='up'})
local suffixes, names = newSuffixMatchNode(), newDNSNameSet()
for line in io.lines('$lists/saring.txt') do
  local scope, name = line:match('^(%u+) (%S+)$')
  if scope == 'DOMAIN' then suffixes:add(newDNSName(name .. '.')) end
  if scope == 'HOST' then names:add(newDNSName(name .. '.')) end
end
addAction(SuffixMatchNodeRule(suffixes), RCodeAction(DNSRCode.NXDOMAIN))
addAction(QNameSetRule(names), RCodeAction(DNSRCode.NXDOMAIN))
Z
    start dnsdist dnsdist --supervised --disable-syslog -C "$work/dnsdist.conf"
    check_resolver "$port"
fi
if there pdns_recursor; then
    port=$(free_port)
    server_folder recursor
    echo "rpzFile('$lists/saring.rpz', {policyName='saring'})" >"$work/recursor/rpz.lua"
    cat >"$work/recursor/recursor.conf" <<Z
local-address=127.0.0.1
local-port=$port
daemon=no
write-pid=no
socket-dir=$work/recursor
setuid=
setgid=
threads=1
pdns-distributes-queries=no
dnssec=off
hint-file=no
security-poll-suffix=
dont-query=
forward-zones-recurse=.=127.0.0.1:$upstream
lua-config-file=$work/recursor/rpz.lua
loglevel=3
Z
    start recursor as_nobody pdns_recursor --config-dir="$work/recursor"
    check_resolver "$port"
fi
if there kresd; then
    port=$(free_port)
    server_folder kresd
    cat >"$work/kresd/config" <<Z
net.listen('127.0.0.1', $port)
trust_anchors.remove('.')
cache.size = 10 * MB
policy.add(policy.rpz(policy.DENY, '$lists/saring.rpz', false)) -- true, and lua-cqueues, to watch the file
policy.add(policy.all(policy.FORWARD({'127.0.0.1@$upstream'})))
Z
    start kresd as_nobody kresd -n -c "$work/kresd/config" "$work/kresd"
    check_resolver "$port"
fi

origin=$(free_port)
cat >"$work/origin.py" <<'P'
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"asli")
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
P
start origin python3 "$work/origin.py" "$origin"
wait_for 20 listening "$origin"

blocked=(http://kpu-daftar.example/ http://www.kpu-daftar.example/x http://www.bantuan-palsu.example/
    'http://berkas.example/apk/(kpu)+v1.apk?unduh=1' http://toko.example/masuk http://toko.example/masuk/nik
    'http://toko.example/masuk?x')
free=(http://bantuan-palsu.example/ http://x.www.bantuan-palsu.example/ http://bukankpu-daftar.example/
    http://berkas.example/ http://toko.example/ 'http://berkas.example/apk/(kpu)+v1.apk'
    'http://berkas.example/apk/kpuuv1.apk?unduh=1' http://toko.example/masukan http://TOKO.example/Masuk
    'http://tersedia.example/?http://toko.example/masuk')
# check_proxy NAME PORT WANT: asked as a reverse proxy, by the Host field
check_reverse() {
    local name=$1 port=$2 url rest
    for url in "${blocked[@]}" "${free[@]}"; do
        rest=${url#http://}
        case " ${blocked[*]} " in *" $url "*) want=451 ;; *) want=200 ;; esac
        is "$(code -H "Host: ${rest%%/*}" "http://127.0.0.1:$port/${rest#*/}")" $want "$name: $url"
    done
}

if there nginx; then
    port=$(free_port)
    server_folder nginx
    cat >"$work/nginx/nginx.conf" <<Z
daemon off; master_process off; worker_processes 1; pid $work/nginx/pid; error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
  uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
  map_hash_bucket_size 512;
  map \$host \$saring { hostnames; default 0; include $lists/saring.nginx.map; }
  map \$http_host\$request_uri \$saring_url { default 0; include $lists/saring.nginx.urls; }
  server { listen 127.0.0.1:$port; if (\$saring) { return 451; } if (\$saring_url) { return 451; } location / { return 200; } }
}
Z
    (as_nobody nginx -t -c "$work/nginx/nginx.conf") >"$work/nginx-t.log" 2>&1 || fail "nginx does not take its maps"
    start nginx as_nobody nginx -c "$work/nginx/nginx.conf"
    wait_for 20 listening "$port"
    check_reverse nginx "$port"
fi
if there haproxy; then
    port=$(free_port)
    cat >"$work/haproxy.cfg" <<Z
global
  maxconn 64
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:$port
  http-request set-var(txn.h) req.hdr(host),host_only,lower,rtrim(.)
  http-request set-var(txn.pq) pathq
  http-request set-var(txn.url) req.hdr(host),lower,concat(,txn.pq)
  http-request set-var(txn.dot) str(.),concat(,txn.h)
  http-request return status 451 if { var(txn.dot),map_end($lists/saring.haproxy.domains) -m found }
  http-request return status 451 if { var(txn.h),map_str($lists/saring.haproxy.hosts) -m found }
  http-request return status 451 if { var(txn.url),map_reg($lists/saring.haproxy.urls) -m found }
  http-request return status 200
Z
    haproxy -c -q -f "$work/haproxy.cfg" >"$work/haproxy-c.log" 2>&1 || fail "haproxy does not take its maps"
    start haproxy as_nobody haproxy -db -f "$work/haproxy.cfg"
    wait_for 20 listening "$port"
    check_reverse haproxy "$port"
fi
if there squidGuard; then
    server_folder guard
    mkdir -p "$work/guard/db/saring"
    cp "$lists/saring.squidguard.domains" "$work/guard/db/saring/domains"
    cp "$lists/saring.squidguard.expressions" "$work/guard/db/saring/expressions"
    cat >"$work/guard/conf" <<Z
dbhome $work/guard/db
logdir $work/guard
dest saring { domainlist saring/domains
  expressionlist saring/expressions
}
acl { default { pass !saring all
  redirect http://blokir.example/ } }
Z
    squidGuard -c "$work/guard/conf" -C all >"$work/squidguard.log" 2>&1
    guard() { printf '%s 127.0.0.1/- - GET\n' "$1" | squidGuard -c "$work/guard/conf" 2>>"$work/squidguard.log"; }
    # Names alone: squidGuard puts URLs in lower case, so that no path can be told from another.
    for url in "${blocked[@]:0:3}"; do has "$(guard "$url")" blokir.example "squidGuard: $url"; done
    for url in "${blocked[@]:3}" "${free[@]}"; do lacks "$(guard "$url")" blokir.example "squidGuard: $url"; done
fi
if there e2guardian; then
    port=$(free_port)
    e2=$(echo "$work/e2" | tr '[:upper:]' '[:lower:]')
    mkdir -p "$e2/log"
    cp -r /etc/e2guardian/. "$e2"
    find "$e2" -type f -exec sed -i "s#/etc/e2guardian#$e2#g" {} +
    sed -i -e "s#^filterip =.*#filterip = 127.0.0.1#" -e "s#^filterports = .*#filterports = $port#" \
        -e "s#^httpworkers = .*#httpworkers = 20#" -e "s#^nodaemon = .*#nodaemon = on#" \
        -e '/^transparenthttpsport/d' -e '/^checkip/d' "$e2/e2guardian.conf"
    cat >>"$e2/e2guardian.conf" <<Z
proxyip = 127.0.0.1
proxyport = $origin
daemonuser = 'nobody'
daemongroup = 'nogroup'
pidfilename = '$e2/e2.pid'
loglocation = '$e2/log/access.log'
ipcfilename = '$e2/ipc'
Z
    cp "$lists/saring.e2guardian.sitelist" "$e2/lists/bannedsitelist"
    cp "$lists/saring.e2guardian.regexpurllist" "$e2/lists/bannedregexpurllist"
    [ "$(id -u)" != 0 ] || chown -R nobody "$e2"
    start e2guardian as_nobody e2guardian -N -c "$e2/e2guardian.conf"
    wait_for 30 listening "$port"
    e2() { curl -sg -m 15 -x "http://127.0.0.1:$port" "$1" | tr -d '\0' | head -c 4; }
    # names alone, for the same reason
    for url in "${blocked[@]:0:3}"; do [ "$(e2 "$url")" != asli ] || fail "e2guardian passes $url"; done
    for url in "${blocked[@]:3}" "${free[@]}"; do is "$(e2 "$url")" asli "e2guardian: $url"; done
    kill -KILL "$pid" 2>/dev/null || true # its own shutdown waits for idle connections
fi

# One removal, one more list: what reads its files anew on a signal is asked again.
review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
"$saring" export all --out "$lists" --state "$state" 2>>"$work/export.log"
chmod -R a+rX "$lists"
for one in "${resolvers[@]}"; do
    read -r port server signal <<<"$one"
    kill "-$signal" "$server"
    passes "$port" kpu-daftar.example
    blocks "$port" www.bantuan-palsu.example
done
echo ok
