#!/bin/bash
# saring publish feeds a hidden primary (Knot DNS), which feeds BIND by AXFR and IXFR with TSIG and
# NOTIFY, and BIND an Unbound: a new name and a removal arrive within seconds, a digest (ZONEMD, RFC
# 8976) is verified, a stranger gets no zone, and when the primary dies BIND drops the policy at SOA
# EXPIRE.
. "$(dirname "$0")/../system/lib.sh"
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
. "$root/tests/system/support/servers.bash"
need knotd
need knotc
need named
need unbound
need dig
PATH=$PATH:/usr/sbin

start_season
removed=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua HOST www.bantuan-palsu.example 20d >/dev/null
web=$work/web
mkdir "$web"
publish
start_upstream

secret=$(head -c 32 /dev/urandom | base64 -w0)
knot_port=$(free_port)
bind_port=$(free_port)
server_folder knot
server_folder named
knot_conf "$work/knot" "$knot_port" "$secret" \
    "$(snippet knot/conf "$work/none" | sed "s#/srv/saring/lists#$web/lists#; s#192.0.2.53@53#127.0.0.1@$bind_port#")"
chmod -R a+rX "$web"
start_knot "$work/knot" "$knot_port"

secondary_conf "$work/named" "$bind_port" "$secret" \
    "$(snippet knot/bind "$work/none" | sed "s#192.0.2.1 key#127.0.0.1 port $knot_port key#; s#allow-query { none; }#allow-query { 127.0.0.1; }; allow-transfer { 127.0.0.1; }; also-notify { 127.0.0.1 port UNBOUND; }; notify explicit#")"
unbound_port=$(free_port)
sed -i "s/port UNBOUND/port $unbound_port/" "$work/named/named.conf"
start named as_nobody named -g -n 1 -c "$work/named/named.conf"
wait_for 60 answers "$bind_port" www.kpu-daftar.example NXDOMAIN
server_folder unbound
{
    unbound_base "$work/unbound" "$unbound_port"
    echo '  module-config: "respip iterator"'
    snippet knot/unbound "$work/none" | sed "s#127.0.0.1@53#127.0.0.1@$bind_port#"
} >"$work/unbound/unbound.conf"
start unbound as_nobody unbound -d -p -c "$work/unbound/unbound.conf"
wait_for 60 answers "$unbound_port" www.kpu-daftar.example NXDOMAIN

# a name of its own for each question: caches hold answers for a minute
count=0
below() { count=$((count + 1)); echo "n$count.$1"; }
says() { answers "$2" "$(below "$3")" "$1"; }
feed() { publish --knot "$work/knot/knot.sock"; chmod -R a+rX "$web"; }
for port in $bind_port $unbound_port; do
    wait_for 30 says NOERROR "$port" tersedia.example
    wait_for 30 says NOERROR "$port" www.bantuan-palsu.example
done
serial() { dig +short +time=2 +tries=1 @127.0.0.1 -p "$1" saring.rpz SOA | cut -d' ' -f3; }
wait_for 30 test "$(serial "$bind_port")" -ge "$(jq .serial "$web/lists/manifest.json")"

# Nobody gets the zone without the key, or by another one.
has "$(dig +time=2 +tries=1 @127.0.0.1 -p "$knot_port" saring.rpz AXFR)" "Transfer failed" "AXFR without TSIG"
has "$(dig +time=2 +tries=1 @127.0.0.1 -p "$knot_port" -y "hmac-sha256:saring-key:$(head -c 32 /dev/urandom | base64 -w0)" saring.rpz AXFR)" \
    "Transfer failed" "AXFR by another key"
# The digest is that of the zone, and not of any other.
dig +time=5 +tries=1 +noall +answer +onesoa @127.0.0.1 -p "$knot_port" -y "hmac-sha256:saring-key:$secret" saring.rpz AXFR >"$work/zone"
has "$(cat "$work/zone")" ZONEMD "the zone that is served"
grep -v 'www.bantuan-palsu' "$work/zone" >"$work/cut"
# verifies FILE: Unbound, which has no ZONEMD for RPZ (1.17), takes it as an ordinary zone and answers
verifies() {
    local port
    port=$(free_port)
    server_folder "zonemd.$port"
    cat >"$work/zonemd.$port/unbound.conf" <<Z
server:
  interface: 127.0.0.1
  port: $port
  do-ip6: no
  username: ""
  chroot: ""
  directory: "$work/zonemd.$port"
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
remote-control:
  control-enable: no
auth-zone:
  name: saring.rpz
  zonefile: "$1"
  zonemd-check: yes
  zonemd-reject-absence: yes
  for-downstream: yes
  fallback-enabled: no
Z
    start "zonemd.$port" as_nobody unbound -d -p -c "$work/zonemd.$port/unbound.conf"
    wait_for 30 listening "$port"
    wait_for 30 dig +time=1 +tries=1 @127.0.0.1 -p "$port" saring.rpz SOA
    dig +time=2 +tries=1 @127.0.0.1 -p "$port" saring.rpz SOA | grep -q 'status: NOERROR'
}
verifies "$work/zone" || fail "the digest does not fit the zone"
! verifies "$work/cut" || fail "a zone that was cut fits its digest"

# A new name arrives, by IXFR; so does a removal, within five seconds.
list_entry tiga DOMAIN undian-palsu.example 20d >/dev/null
feed
wait_for 30 says NXDOMAIN "$bind_port" undian-palsu.example
wait_for 30 says NXDOMAIN "$unbound_port" undian-palsu.example
wait_for 30 grep -q "IXFR" "$work/named.log"
review remove "$removed" rina --reason 'Penyedia hosting menutup situsnya.' >/dev/null
began=$(date +%s%N)
feed
wait_for 30 says NOERROR "$bind_port" kpu-daftar.example
took=$((($(date +%s%N) - began) / 1000000))
echo "a removal: $took ms from the start of saring publish to BIND"
[ $took -le 5000 ] || fail "a removal took $took ms to reach BIND"
wait_for 30 says NOERROR "$unbound_port" kpu-daftar.example

# A publisher that has nothing to say any more empties the zone: no season, no list.
# An entry of a minute: EXPIRE is what is left of it, and with the primary dead BIND lapses.
list_entry empat DOMAIN hadiah-palsu.example 60s >/dev/null
feed
wait_for 20 says NXDOMAIN "$bind_port" hadiah-palsu.example
expire=$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$bind_port" saring.rpz SOA | cut -d' ' -f6)
[ "$expire" -le 60 ] || fail "EXPIRE is $expire"
kill "$knot_pid"
wait "$knot_pid" 2>/dev/null || true
began=$SECONDS
wait_for 180 says NOERROR "$bind_port" hadiah-palsu.example
echo "BIND dropped the policy $((SECONDS - began)) s after the primary died, EXPIRE $expire"
[ $((SECONDS - began)) -le $((expire + 60)) ] || fail "BIND held the policy for $((SECONDS - began)) s, EXPIRE is $expire"
wait_for 30 says NOERROR "$bind_port" undian-palsu.example
echo ok
