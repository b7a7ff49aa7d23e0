#!/bin/bash
# What a resolver says of why a name is blocked (RFC 8914), set up as filter/pull/README.md says: code 15
# and the register's address, by those that can; the others block without a word, as the page says too.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
need dig
need named
new_key rina
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Lembaga Pantau Contoh" independent >/dev/null
list_entry satu DOMAIN kpu-daftar.example 20d >/dev/null
mkdir "$work/daftar"
export_to "$work/daftar/saring.rpz" rpz
chmod -R a+rX "$work/daftar"
start_upstream
register=https://register.saring.example/mengapa
ask() { dig +time=10 +tries=3 @127.0.0.1 -p "$1" "$2" A; }
blocks() { answers "$1" formulir.kpu-daftar.example NXDOMAIN && answers "$1" tersedia.example NOERROR; }
asked=()

if command -v pdns_recursor >/dev/null; then
    port=$(free_port)
    server_folder recursor
    snippet pdns-recursor/lua "$work/daftar" >"$work/recursor/rpz.lua"
    printf '%s\n' local-address=127.0.0.1 local-port="$port" daemon=no write-pid=no socket-dir="$work/recursor" setuid= setgid= \
        threads=1 pdns-distributes-queries=no dnssec=off hint-file=no security-poll-suffix= dont-query= loglevel=3 \
        forward-zones-recurse=.=127.0.0.1:"$upstream" lua-config-file="$work/recursor/rpz.lua" >"$work/recursor/recursor.conf"
    start recursor as_nobody pdns_recursor --config-dir="$work/recursor"
    wait_for 60 blocks "$port"
    said=$(ask "$port" formulir.kpu-daftar.example)
    has "$said" "EDE: 15 (Blocked)" "PowerDNS says why"
    has "$said" "$register" "PowerDNS says where"
    lacks "$(ask "$port" tersedia.example)" "EDE: 15" "what is not blocked"
    asked+=(pdns-recursor)
fi
if command -v kresd >/dev/null && [ -e /usr/lib/x86_64-linux-gnu/lua/5.1/_cqueues.so ]; then
    port=$(free_port)
    server_folder kresd
    {
        echo "net.listen('127.0.0.1', $port)"
        echo "trust_anchors.remove('.')"
        echo "cache.size = 10 * MB"
        snippet knot-resolver/conf "$work/daftar"
        echo "policy.add(policy.all(policy.FORWARD({'127.0.0.1@$upstream'})))"
    } >"$work/kresd/config"
    start kresd as_nobody kresd -n -c "$work/kresd/config" "$work/kresd"
    wait_for 60 blocks "$port"
    said=$(ask "$port" formulir.kpu-daftar.example)
    has "$said" "EDE: 15 (Blocked)" "Knot Resolver says why"
    has "$said" "$register" "Knot Resolver says where"
    asked+=(knot-resolver)
fi
[ ${#asked[@]} -gt 0 ] || skip 'neither pdns_recursor nor kresd (with lua-cqueues) is installed'
echo "say why: ${asked[*]}"
