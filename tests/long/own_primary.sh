#!/bin/bash
# saring-pull --install knot: an operator's own primary, as the page says, from which BIND takes the zone by
# transfer with TSIG: blocks what is listed, passes it within seconds of a removal, and after valid_until
# with the network dead; and drops the policy at SOA EXPIRE when the primary dies too.
. "$(dirname "$0")/../system/lib.sh"
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
. "$root/tests/system/support/servers.bash"
need knotd
need knotc
need kzonecheck
need named
need dig

start_season
removed=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua DOMAIN undian-palsu.example 20d >/dev/null
start_publisher
start_upstream
mkdir "$work/knot.lists"
reloads knot :
fetch_into knot
kzonecheck -o saring.rpz "$work/knot.lists/saring.rpz" || fail "kzonecheck refuses the zone"

secret=$(head -c 32 /dev/urandom | base64 -w0)
knot_port=$(free_port)
bind_port=$(free_port)
server_folder knot
server_folder named
knot_conf "$work/knot" "$knot_port" "$secret" \
    "$(snippet knot/own "$work/knot.lists" | sed "s#192.0.2.53@53#127.0.0.1@$bind_port#")"
start_knot "$work/knot" "$knot_port"
reloads knot "knotc -b -s '$work/knot/knot.sock' zone-reload saring.rpz >/dev/null"
secondary_conf "$work/named" "$bind_port" "$secret" \
    "$(snippet knot/bind "$work/none" | sed "s#192.0.2.1 key#127.0.0.1 port $knot_port key#; s#allow-query { none; }#allow-query { 127.0.0.1; }#")"
start named as_nobody named -g -n 1 -c "$work/named/named.conf"

# a name of its own for each question: caches hold answers for a minute
count=0
below() { count=$((count + 1)); echo "n$count.$1"; }
says() { answers "$bind_port" "$(below "$2")" "$1"; }
wait_for 60 says NXDOMAIN kpu-daftar.example
wait_for 60 says NXDOMAIN undian-palsu.example
wait_for 60 says NOERROR tersedia.example

review remove "$removed" rina --reason 'Penyedia hosting menutup situsnya.' >/dev/null
publish
began=$(date +%s%N)
fetch_into knot
wait_for 60 says NOERROR kpu-daftar.example
took=$((($(date +%s%N) - began) / 1000000))
echo "a removal: $took ms from the start of saring-pull to BIND"
[ $took -le 5000 ] || fail "a removal took $took ms to reach BIND"
wait_for 60 says NXDOMAIN undian-palsu.example

# The network dies; a day later the list is over, and the timer says so to the primary.
kill "$web_pid"
wait "$web_pid" 2>/dev/null || true
ahead=$((25 * 3600))
pull_into knot 0 --lapse
wait_for 60 says NOERROR undian-palsu.example
grep -q 'dikosongkan / emptied' "$work/knot.lists/saring.rpz" || fail "an emptied zone does not say so"
echo ok
