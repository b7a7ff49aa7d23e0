#!/bin/bash
# The redirect snippets of the operator's page, as written: a listed name leads to the block page that the
# console serves, for people over HTTP; others lead where they did; after a removal so does the listed
# one. And what the page says of DNSSEC: BIND rewrites a signed answer for who asks for signatures, too.
. "$(dirname "$0")/../system/lib.sh"
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
. "$root/tests/system/support/servers.bash"
need named
need unbound
need dig
need nginx
need dnssec-keygen
need dnssec-signzone

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua DOMAIN hadiah.bertanda.uji 20d >/dev/null
start_publisher
listener=$(free_port)
printf 'state: %s\nrules: [%s/rules]\nexample: %s/feeds/example\npublic: { port: %s, lists: %s }\nconsole: { port: 0 }\n' \
    "$work/konsol" "$root" "$root" "$listener" "$web/lists" >"$work/saring.yml"
start run "$saring" run -c "$work/saring.yml" </dev/null
wait_for 60 listening "$listener"

# The page's server: any name, any path, one page.
page=$(free_port)
server_folder nginx
{
    nginx_base "$work/nginx"
    snippet serve/blokir "$work/none" | sed "s#127.0.0.1:8421#127.0.0.1:$listener#; s#listen 80 #listen 127.0.0.1:$page #"
    echo "}"
} >"$work/nginx/nginx.conf"
start_nginx "$work/nginx" "$page"

# The internet: names below example, the page's own name, and a signed zone.
upstream=$(free_port)
server_folder up
(
    cd "$work/up"
    printf '$TTL 2\nbertanda.uji. IN SOA ns.uji. host.uji. 1 3600 600 86400 2\nbertanda.uji. IN NS ns.uji.\nhadiah.bertanda.uji. A 192.0.2.98\nlain.bertanda.uji. A 192.0.2.97\n' >bertanda
    dnssec-keygen -q -a ED25519 -f KSK bertanda.uji >ksk
    dnssec-keygen -q -a ED25519 bertanda.uji >zsk
    dnssec-signzone -q -S -o bertanda.uji bertanda
) >"$work/sign.log" 2>&1 || fail "the zone can't be signed: $(cat "$work/sign.log")"
anchor=$(grep -h DNSKEY "$work/up/$(cat "$work/up/ksk").key" | grep -v '^;' | sed -E 's/^.*DNSKEY[[:space:]]+([0-9]+) ([0-9]+) ([0-9]+) (.*)$/\1 \2 \3 "\4"/')
printf '$TTL 2\n. IN SOA ns.upstream. host.upstream. 1 3600 600 86400 2\n. IN NS ns.upstream.\nns.upstream. A 127.0.0.1\n*.example. A 192.0.2.99\nblokir.saring.example. A 127.0.0.1\n' >"$work/up/root.zone"
cat >"$work/up/named.conf" <<Z
options { directory "$work/up"; pid-file none; session-keyfile none; listen-on port $upstream { 127.0.0.1; };
  listen-on-v6 { none; }; recursion no; dnssec-validation no; empty-zones-enable no; };
controls { };
zone "." { type primary; file "root.zone"; };
zone "bertanda.uji" { type primary; file "bertanda.signed"; };
Z
[ "$(id -u)" != 0 ] || chown -R nobody "$work/up"
start upstream as_nobody named -g -n 1 -c "$work/up/named.conf"
wait_for 30 answers "$upstream" tersedia.example NOERROR

port=$(free_port)
control=$(free_port)
server_folder named
mkdir "$work/bind.lists"
rndc_key "$work/named" "$control"
cat >"$work/named/named.conf" <<Z
$(named_control "$work/named" "$control")
options {
$(named_base "$work/named" "$port")
  dnssec-validation yes; validate-except { "example"; "upstream"; };
$(snippet bind/redirect "$work/bind.lists")
};
trust-anchors { bertanda.uji static-key $anchor; };
$(snippet bind/zone "$work/bind.lists")
Z
reloads bind :
fetch_into bind
reloads bind "rndc -c '$work/rndc.conf' reload saring.rpz >/dev/null"
start named as_nobody named -g -n 1 -c "$work/named/named.conf"
bind_port=$port

port=$(free_port)
server_folder unbound
mkdir "$work/unbound.lists"
{
    unbound_base "$work/unbound" "$port"
    snippet unbound/conf "$work/unbound.lists"
    snippet unbound/redirect "$work/unbound.lists"
} >"$work/unbound/unbound.conf"
reloads unbound :
fetch_into unbound
unbound-checkconf "$work/unbound/unbound.conf" >"$work/unbound.check.log" 2>&1 || fail "unbound refuses what the page says: $(cat "$work/unbound.check.log")"
start unbound as_nobody unbound -d -p -c "$work/unbound/unbound.conf"
reloads unbound "kill -HUP $pid"
unbound_port=$port

count=0
below() { count=$((count + 1)); echo "n$count.$1"; }
leads() { [ "$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A | tr '\n' ' ')" = "$3 " ]; }
for port in $bind_port $unbound_port; do
    wait_for 60 leads "$port" tersedia.example 192.0.2.99
    wait_for 60 leads "$port" kpu-daftar.example "blokir.saring.example. 127.0.0.1"
    wait_for 60 leads "$port" "$(below kpu-daftar.example)" "blokir.saring.example. 127.0.0.1"
    wait_for 60 leads "$port" bukankpu-daftar.example 192.0.2.99
    # As a browser goes: to the address that the resolver gave, with the name that was typed.
    for path in / /verifikasi/nik?x=1 /lists/manifest.json; do
        address=$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$port" kpu-daftar.example A | tail -n 1)
        got=$(curl -s -m 60 -D "$work/head" --resolve "kpu-daftar.example:$page:$address" "http://kpu-daftar.example:$page$path")
        has "$got" "Situs ini diblokir" "the page at $path"
        has "$(cat "$work/head")" "no-cache" "that it is not kept"
    done
done
# Signed, asked for with signatures (DO): as the page says, each of the two rewrites it.
signed() { dig +dnssec +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A; }
rewritten() { signed "$1" hadiah.bertanda.uji | grep -q 'CNAME.*blokir.saring.example'; }
authentic() { signed "$1" lain.bertanda.uji | grep -q 'flags:.* ad'; }
wait_for 60 authentic "$bind_port"
wait_for 60 rewritten "$bind_port"
wait_for 60 rewritten "$unbound_port"

review remove "$domain" rina --reason 'Penyedia hosting menutup situsnya.' >/dev/null
publish
fetch_into bind
fetch_into unbound
for port in $bind_port $unbound_port; do wait_for 90 leads "$port" "$(below kpu-daftar.example)" 192.0.2.99; done
echo ok
