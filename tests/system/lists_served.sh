#!/bin/bash
# What saring publish makes, served by nginx as the operator's page says: a copy is asked for anew by its
# ETag, in part by Range, packed where it lies packed, and after a new list the old ETag fits no more.
. "$(dirname "$0")/lib.sh"
need nginx
need curl
. "$root/tests/system/people.bash"
. "$root/tests/long/operator.bash"
. "$root/tests/system/support/servers.bash"

start_season
domain=$(list_entry satu DOMAIN kpu-daftar.example 20d)
web=$work/web
mkdir "$web"
publish
chmod -R a+rX "$web"
port=$(free_port)
server_folder nginx
cat >"$work/nginx/nginx.conf" <<Z
$(nginx_base "$work/nginx")
  server { listen 127.0.0.1:$port;
$(snippet serve/nginx "$work/none" | sed "s#/srv/saring/lists#$web/lists#")
  }
}
Z
start_nginx "$work/nginx" "$port"
url=http://127.0.0.1:$port/lists
field() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip" | tail -n 1; }
# get WANT NAME OPTION…: into $work/body, with its head in $work/head
get() {
    local want=$1 name=$2
    shift 2
    is "$(curl -s -D "$work/head" -o "$work/body" -w '%{http_code}' -m 60 "$@" "$url/$name")" "$want" "$name $*"
}

get 200 saring.rpz
cmp "$work/body" "$web/lists/saring.rpz"
tag=$(field etag)
[ -n "$tag" ] || fail "no ETag"
get 304 saring.rpz -H "If-None-Match: $tag"
get 206 saring.rpz -r 10-19
is "$(cat "$work/body")" "$(tail -c +11 "$web/lists/saring.rpz" | head -c 10)" "ten bytes"
is "$(field content-range)" "bytes 10-19/$(stat -c %s "$web/lists/saring.rpz")" "which ten bytes"
get 416 saring.rpz -r 99999999-
get 200 entries.ndjson -H 'Accept-Encoding: gzip'
is "$(field content-encoding)" gzip "packed"
cmp "$work/body" "$web/lists/entries.ndjson.gz"
get 200 entries.ndjson
cmp "$work/body" "$web/lists/entries.ndjson"
get 200 "blokir/$domain.html"
has "$(field content-type)" text/html "the page for people"

review remove "$domain" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
sleep_until_another_second() { [ "$(date +%s)" -gt "$(stat -c %Y "$web/lists/manifest.json")" ]; }
wait_for 5 sleep_until_another_second
publish
chmod -R a+rX "$web"
get 200 saring.rpz -H "If-None-Match: $tag"
lacks "$(cat "$work/body")" kpu-daftar "the new list"
get 404 "blokir/$domain.html"
get 404 ../state/list.key --path-as-is
echo ok
