#!/bin/bash
# Every resolver and proxy that is installed, configured with the snippets of the operator's page and
# fed by saring-pull from a real publisher: blocks what is listed and passes what is not; passes again
# after a removal, after an entry's end with the publisher dead, and after valid_until with the network
# dead. Clocks of saring are moved by faketime; the servers keep their own.
. "$(dirname "$0")/../system/lib.sh"
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
. "$root/tests/system/support/servers.bash"
need named
need dig

start_season
removed=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua HOST www.bantuan-palsu.example 20d >/dev/null
list_entry tiga DOMAIN undian-palsu.example 1h >/dev/null
list_entry empat URL 'http://berkas.example/apk/kpu.apk?unduh=1' 20d >/dev/null
list_entry lima URL_PREFIX http://toko.example/masuk 1h >/dev/null
start_publisher
start_upstream

there() { command -v "$1" >/dev/null || { echo "$1 is not installed: not asked"; return 1; }; }
resolvers=() proxies=()
lists_of() {
    mkdir "$work/$1.lists"
    chmod 755 "$work/$1.lists"
}

# --- resolvers. An address is 192.0.2.99, what is blocked has none, or 0.0.0.0.
is_blocked() { case "$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A)/$(rcode "$1" "$2")" in 0.0.0.0/NOERROR | /NXDOMAIN) ;; *) return 1 ;; esac; }
is_free() { [ "$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A)" = 192.0.2.99 ]; }
explains() { dig +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A | grep -q "EDE: 15"; }
# The name asked for is a fresh one below: caches know nothing of it.
count=0
below() { count=$((count + 1)); echo "n$count.$1"; }
blocks() { wait_for 60 is_blocked "$@"; }
passes() { wait_for 60 is_free "$@"; }

if there named; then
    port=$(free_port)
    control=$(free_port)
    server_folder named
    lists_of bind
    rndc_key "$work/named" "$control"
    named_conf() {
        cat <<Z
$(named_control "$work/named" "$control")
options {
$(named_base "$work/named" "$port")
  dnssec-validation no;
$(snippet "bind/$1" "$work/bind.lists")
};
$(snippet bind/zone "$work/bind.lists")
Z
    }
    named_conf options >"$work/named/named.conf"
    reloads bind "rndc -c '$work/rndc.conf' reload saring.rpz >/dev/null"
    # Its first list comes before it: a primary zone needs a file.
    printf '#!/bin/sh\n' >"$work/reload.first" && cp "$work/reload.bind" "$work/reload.kept" && printf '#!/bin/sh\n' >"$work/reload.bind"
    fetch_into bind
    cp "$work/reload.kept" "$work/reload.bind"
    start named as_nobody named -g -n 1 -c "$work/named/named.conf"
    resolvers+=("bind $port")
fi
if there unbound; then
    for one in unbound unbound-local; do
        port=$(free_port)
        server_folder "$one"
        lists_of "$one"
        { unbound_base "$work/$one" "$port"; snippet "$one/conf" "$work/$one.lists"; } >"$work/$one/unbound.conf"
        reloads "$one" :
        fetch_into "$one"
        unbound-checkconf "$work/$one/unbound.conf" >"$work/$one.check.log" 2>&1 || fail "unbound refuses what the page says: $(cat "$work/$one.check.log")"
        start "$one" as_nobody unbound -d -p -c "$work/$one/unbound.conf"
        reloads "$one" "kill -HUP $pid"
        resolvers+=("$one $port")
    done
fi
if there kresd && [ -e /usr/lib/x86_64-linux-gnu/lua/5.1/_cqueues.so ]; then
    port=$(free_port)
    server_folder kresd
    lists_of knot-resolver
    reloads knot-resolver :
    fetch_into knot-resolver
    {
        echo "net.listen('127.0.0.1', $port)"
        echo "trust_anchors.remove('.')"
        echo "cache.size = 10 * MB"
        snippet knot-resolver/conf "$work/knot-resolver.lists"
        echo "policy.add(policy.all(policy.FORWARD({'127.0.0.1@$upstream'})))"
    } >"$work/kresd/config"
    start kresd as_nobody kresd -n -c "$work/kresd/config" "$work/kresd"
    resolvers+=("knot-resolver $port")
else
    echo "kresd or lua-cqueues is not installed: not asked"
fi
if there pdns_recursor; then
    port=$(free_port)
    server_folder recursor
    lists_of pdns-recursor
    snippet pdns-recursor/lua "$work/pdns-recursor.lists" >"$work/recursor/rpz.lua"
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
    reloads pdns-recursor :
    fetch_into pdns-recursor
    start recursor as_nobody pdns_recursor --config-dir="$work/recursor"
    reloads pdns-recursor "rec_control --socket-dir='$work/recursor' reload-lua-config >/dev/null"
    resolvers+=("pdns-recursor $port")
fi
if there dnsmasq; then
    port=$(free_port)
    lists_of dnsmasq
    { echo "no-poll"; snippet dnsmasq/conf "$work/dnsmasq.lists"; } >"$work/dnsmasq.conf"
    reloads dnsmasq :
    fetch_into dnsmasq
    start dnsmasq dnsmasq -k -p "$port" --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts --user= \
        --log-facility=- --pid-file= -S "127.0.0.1#$upstream" -C "$work/dnsmasq.conf"
    reloads dnsmasq "kill -HUP $pid"
    resolvers+=("dnsmasq $port")
fi
if there dnsdist; then
    port=$(free_port)
    console=$(free_port)
    lists_of dnsdist
    cat >"$work/dnsdist.conf" <<Z
setLocal('127.0.0.1:$port')
setACL({'127.0.0.0/8'})
setSecurityPollSuffix('')
controlSocket('127.0.0.1:$console')
setKey('$(head -c 32 /dev/urandom | base64 -w0)')
newServer({address='127.0.0.1:$upstream', healthCheckMode='up'})
$(snippet dnsdist/conf "$work/dnsdist.lists")
Z
    reloads dnsdist :
    fetch_into dnsdist
    dnsdist --check-config -C "$work/dnsdist.conf" >"$work/dnsdist.check.log" 2>&1 || fail "dnsdist refuses what the page says: $(cat "$work/dnsdist.check.log")"
    start dnsdist dnsdist --supervised --disable-syslog -C "$work/dnsdist.conf"
    reloads dnsdist "dnsdist -C '$work/dnsdist.conf' -e 'saring()' >/dev/null"
    resolvers+=("dnsdist $port")
fi

# --- proxies. asked NAME URL: prints "blocked" or "free"
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
wait_for 30 listening "$origin"
through() { # CURL-OPTION…: how it was answered
    case "$(curl -sg -o /dev/null -w '%{http_code} %{redirect_url}' -m 15 "$@")" in
    200*) echo free ;;
    "302 https://saring.example/lists/blokir/"*) echo blocked ;;
    *) echo "neither" ;;
    esac
}
reverse() {
    local port=$1 rest=${2#http://}
    through -H "Host: ${rest%%/*}" "http://127.0.0.1:$port/${rest#*/}"
}
if there squid; then
    squid_port=$(free_port)
    server_folder squid
    lists_of squid
    cat >"$work/squid/squid.conf" <<Z
http_port 127.0.0.1:$squid_port
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
never_direct allow all
$(snippet squid/conf "$work/squid.lists")
http_access allow all
Z
    reloads squid :
    fetch_into squid
    (as_nobody squid -k parse -f "$work/squid/squid.conf") >"$work/squid.parse.log" 2>&1 || fail "squid refuses what the page says: $(tail -n 3 "$work/squid.parse.log")"
    start squid as_nobody squid -N -f "$work/squid/squid.conf"
    reloads squid "kill -HUP $pid"
    wait_for 30 listening "$squid_port"
    asked_squid() { through -x "http://127.0.0.1:$squid_port" "$1"; }
    proxies+=(squid)
fi
if there squidGuard; then
    server_folder guard
    lists_of squidguard
    { echo "logdir $work/guard"; snippet squidguard/conf "$work/squidguard.lists"; } >"$work/guard/conf"
    reloads squidguard "rm -f '$work/squidguard.lists/'*.db; squidGuard -c '$work/guard/conf' -C all"
    fetch_into squidguard
    asked_squidguard() {
        case "$(printf '%s 127.0.0.1/- - GET\n' "$1" | squidGuard -c "$work/guard/conf" 2>>"$work/squidguard.log")" in
        *saring.example/lists/blokir*) echo blocked ;;
        *) echo free ;;
        esac
    }
    proxies+=(squidguard)
fi
if there e2guardian; then
    e2_port=$(free_port)
    e2=$(echo "${TMPDIR:-/tmp}/saring-e2-$$" | tr '[:upper:]' '[:lower:]')
    mkdir -p "$e2/log" "$e2/lists-saring"
    ln -s "$e2/lists-saring" "$work/e2guardian.lists"
    cp -r /etc/e2guardian/. "$e2"
    find "$e2" -type f -exec sed -i "s#/etc/e2guardian#$e2#g" {} +
    sed -i -e "s#^filterip =.*#filterip = 127.0.0.1#" -e "s#^filterports = .*#filterports = $e2_port#" \
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
    for name in bannedsitelist bannedregexpurllist; do snippet "e2guardian/$name" "$e2/lists-saring" >"$e2/lists/$name"; done
    reloads e2guardian :
    fetch_into e2guardian
    [ "$(id -u)" != 0 ] || chown -R nobody "$e2"
    # Its own shutdown waits for idle connections, for ever at times: it is killed.
    export -f as_nobody
    start e2guardian bash -c '(as_nobody e2guardian -N -c "$1/e2guardian.conf") & trap "kill -KILL $!; rm -rf $1" TERM; echo $! >"$1/pid"; wait' - "$e2"
    wait_for 30 test -s "$e2/pid"
    e2_pid=$(cat "$e2/pid")
    # It looks at whole seconds of a file's time: one that was written in the second of the last load
    # is never seen.
    reloads e2guardian "sleep 1.1; touch '$e2/lists-saring/'* '$e2/lists/bannedsitelist' '$e2/lists/bannedregexpurllist'; kill -HUP $e2_pid"
    wait_for 60 listening "$e2_port"
    asked_e2guardian() {
        case "$(curl -sg -m 15 -x "http://127.0.0.1:$e2_port" "$1" | tr -d '\0' | head -c 4)" in
        asli) echo free ;;
        '') echo neither ;;
        *) echo blocked ;;
        esac
    }
    proxies+=(e2guardian)
fi
if there nginx; then
    nginx_port=$(free_port)
    server_folder nginx
    lists_of nginx
    cat >"$work/nginx/nginx.conf" <<Z
$(nginx_base "$work/nginx")
  $(snippet nginx/http "$work/nginx.lists")
  server { listen 127.0.0.1:$nginx_port; $(snippet nginx/server "$work/nginx.lists") location / { return 200; } }
}
Z
    reloads nginx :
    fetch_into nginx
    (as_nobody nginx -t -c "$work/nginx/nginx.conf") >"$work/nginx.t.log" 2>&1 || fail "nginx refuses what the page says: $(cat "$work/nginx.t.log")"
    start nginx as_nobody nginx -c "$work/nginx/nginx.conf"
    reloads nginx "kill -HUP $pid"
    wait_for 30 listening "$nginx_port"
    asked_nginx() { reverse "$nginx_port" "$1"; }
    proxies+=(nginx)
fi
if there haproxy; then
    haproxy_port=$(free_port)
    lists_of haproxy
    cat >"$work/haproxy.cfg" <<Z
global
  maxconn 64
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:$haproxy_port
$(snippet haproxy/frontend "$work/haproxy.lists")
  http-request return status 200
Z
    reloads haproxy :
    fetch_into haproxy
    haproxy -c -q -f "$work/haproxy.cfg" >"$work/haproxy.c.log" 2>&1 || fail "haproxy refuses what the page says: $(cat "$work/haproxy.c.log")"
    start haproxy haproxy -W -db -f "$work/haproxy.cfg"
    reloads haproxy "kill -USR2 $pid"
    wait_for 30 listening "$haproxy_port"
    asked_haproxy() { reverse "$haproxy_port" "$1"; }
    proxies+=(haproxy)
fi
if there suricata; then
    lists_of suricata
    mkdir "$work/suricata"
    : >"$work/suricata/none"
    cat >"$work/suricata/suricata.yaml" <<Z
%YAML 1.1
---
vars: { address-groups: { HOME_NET: "any", EXTERNAL_NET: "any" }, port-groups: {} }
outputs:
  - eve-log: { enabled: yes, filetype: regular, filename: eve.json, types: [ alert ] }
classification-file: $work/suricata/none
reference-config-file: $work/suricata/none
logging: { outputs: [ { console: { enabled: yes } } ] }
app-layer: { protocols: { dns: { udp: { enabled: yes, detection-ports: { dp: 53 } }, tcp: { enabled: yes } }, http: { enabled: yes }, tls: { enabled: yes } } }
$(snippet suricata/yaml "$work/suricata.lists")
Z
    reloads suricata :
    fetch_into suricata
    # asked_suricata URL: one request and one query for its host, as a capture that it reads
    asked_suricata() {
        rm -f "$work/suricata/eve.json"
        python3 "$root/tests/long/capture.py" "$1" "$work/suricata/capture.pcap"
        suricata -c "$work/suricata/suricata.yaml" -r "$work/suricata/capture.pcap" -l "$work/suricata" -k none >"$work/suricata.log" 2>&1 ||
            { echo neither; return; }
        grep -qE '^E:|Error:' "$work/suricata.log" && { echo neither; return; }
        if grep -q '"SARING' "$work/suricata/eve.json" 2>/dev/null; then echo blocked; else echo free; fi
    }
    suricata -T -c "$work/suricata/suricata.yaml" -l "$work/suricata" >"$work/suricata.T.log" 2>&1 || fail "suricata refuses what the page says: $(tail -n 5 "$work/suricata.T.log")"
    proxies+=(suricata)
fi

expects() { # PROXY URL WANT
    [ "$("asked_$1" "$2")" = "$3" ]
}
# urls PROXY: what of URL entries it can know; squidGuard and e2guardian put URLs in lower case
knows_urls() { case $1 in squidguard | e2guardian) return 1 ;; esac; }
# all WANT-KPU WANT-BANTUAN WANT-UNDIAN WANT-URL WANT-PREFIX: of every consumer
all() {
    local one port proxy
    for one in "${resolvers[@]}"; do
        read -r _ port <<<"$one"
        [ "$1" = blocked ] && blocks "$port" "$(below kpu-daftar.example)"
        [ "$1" = free ] && passes "$port" "$(below kpu-daftar.example)"
        [ "$3" = blocked ] && blocks "$port" "$(below undian-palsu.example)"
        [ "$3" = free ] && passes "$port" "$(below undian-palsu.example)"
        # A HOST has nothing below it: its answers may lie in a cache for a minute
        [ "$2" = blocked ] && blocks "$port" www.bantuan-palsu.example
        passes "$port" "$(below www.bantuan-palsu.example)"
        passes "$port" "$(below bukankpu-daftar.example)"
    done
    for proxy in "${proxies[@]}"; do
        wait_for 60 expects "$proxy" http://kpu-daftar.example/ "$1"
        wait_for 60 expects "$proxy" http://www.kpu-daftar.example/x "$1"
        wait_for 60 expects "$proxy" http://www.bantuan-palsu.example/ "$2"
        wait_for 60 expects "$proxy" http://undian-palsu.example/ "$3"
        if knows_urls "$proxy"; then
            wait_for 60 expects "$proxy" 'http://berkas.example/apk/kpu.apk?unduh=1' "$4"
            wait_for 60 expects "$proxy" http://toko.example/masuk/nik "$5"
        fi
        for url in http://bantuan-palsu.example/ http://x.www.bantuan-palsu.example/ http://bukankpu-daftar.example/ \
            http://berkas.example/apk/kpu.apk http://toko.example/masukan http://tersedia.example/; do
            wait_for 60 expects "$proxy" "$url" free
        done
    done
}
everyone() { # COMMAND: of each consumer
    local one
    for one in "${resolvers[@]%% *}" "${proxies[@]}"; do "$@" "$one"; done
}
lapse() { pull_into "$1" 0 --lapse; }
for one in "${resolvers[@]}"; do wait_for 60 is_free "${one#* }" tersedia.example; done

all blocked blocked blocked blocked blocked
# RFC 8914: those that can say why
for one in "${resolvers[@]}"; do
    case $one in knot-resolver* | pdns-recursor*)
        explains "${one#* }" "$(below kpu-daftar.example)" || fail "${one% *} does not say EDE 15 (Blocked)" ;;
    esac
done
echo "blocks what is listed: ${resolvers[*]%% *} ${proxies[*]}"

review remove "$removed" rina --reason 'Penyedia hosting menutup situsnya.' >/dev/null
publish
everyone fetch_into
all free blocked blocked blocked blocked
echo "passes after a removal"

kill "$web_pid"
wait "$web_pid" 2>/dev/null || true
ahead=3700
everyone lapse
all free blocked free blocked free
echo "passes after an entry's end, publisher dead"

ahead=$((25 * 3600))
everyone lapse
all free free free free free
for one in "${resolvers[@]}"; do wait_for 90 is_free "${one#* }" www.bantuan-palsu.example; done
echo "passes after valid_until, network dead"
echo ok
