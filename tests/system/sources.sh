# `saring sources` as a person uses it: in a network of its own, whose loopback has a public address, so that
# finding a feed on a page is tried without lifting the guard of addresses.
. "$(dirname "$0")/lib.sh"
need unshare
need ip
unshare -rn true 2>/dev/null || skip "no network of its own can be made here"
mkdir "$work/www"
cat >"$work/www/index.html" <<EOF
<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>halo</body></html>
EOF
cat >"$work/www/rss.xml" <<EOF
<rss version="2.0"><channel><title>Kabar Contoh</title><language>id</language><item><guid
isPermaLink="false">1</guid><title>Halo</title><author>Nama Rekaan</author><description>isi
&lt;a href="/x"&gt;x&lt;/a&gt;</description><pubDate>Sat, 21 Nov 2026 08:43:00 +0700</pubDate></item></channel></rss>
EOF
printf '<html><body>kosong</body></html>' >"$work/www/kosong.html"
printf 'sources: sources.yml\nstate: state\n' >"$work/saring.yml"
cat >"$work/sources.yml" <<EOF
# tetap
sources:
  - id: lama
    kind: rss
    url: http://198.41.0.4:8000/tidak-ada # juga tetap
    organisation: Lama
    enabled: true
EOF
cat >"$work/inside" <<'EOF'
set -eu
cd "$work"
ip link set lo up
ip addr add 198.41.0.4/32 dev lo
python3 -m http.server -d www --bind 198.41.0.4 8000 >server.out 2>&1 &
server=$!
trap 'kill $server' EXIT
for i in $(seq 900); do (exec 3<>/dev/tcp/198.41.0.4/8000) 2>/dev/null && break; sleep 0.1; done
run() { name=$1; shift; status=0; "$saring" sources "$@" -c saring.yml >"$name.out" 2>"$name.err" || status=$?; echo $status >"$name.status"; }
run add add http://198.41.0.4:8000/ --organisation 'Kabar Contoh'
run again add http://198.41.0.4:8000/rss.xml
run nothing add http://198.41.0.4:8000/kosong.html
run private add http://127.0.0.1:8000/rss.xml
run person add https://t.me/s/nama
run list list
run fetch fetch kabar-contoh
run live check kabar-contoh lama --live
run enable enable kabar-contoh
run disable disable lama
run check check
run export export
cp saring.yml without.yml
python3 "$root/tests/feeds/hostile.py" requests >proxy.out 2>&1 &
proxy=$!
trap 'kill $server $proxy' EXIT
for i in $(seq 900); do grep -qE '^[0-9]+$' proxy.out && break; sleep 0.1; done
echo "proxy: http://127.0.0.1:$(head -1 proxy.out)" >>saring.yml
run proxied fetch http://198.41.0.4:8000/rss.xml
run proxied_private fetch http://127.0.0.1:8000/rss.xml
cp without.yml saring.yml
run remove remove kabar-contoh
EOF
export work saring root
unshare -rn bash "$work/inside" || fail "the commands did not run through"
status() { is "$(cat "$work/$1.status")" "$2" "exit code of $1"; }
status add 0
has "$(cat "$work/add.err")" "found: http://198.41.0.4:8000/rss.xml" "add"
has "$(cat "$work/add.out")" "kabar-contoh: 1 pos" "add"
status again 2
has "$(cat "$work/again.err")" "there already: 'kabar-contoh'" "adding it again"
status nothing 2
has "$(cat "$work/nothing.err")" "is no feed" "a page without a feed"
status private 2
has "$(cat "$work/private.err")" "not public" "a private address"
status person 2
has "$(cat "$work/person.err")" "single author" "a person's channel"
status list 0
has "$(cat "$work/list.out")" "kabar-contoh" "list"
status fetch 0
has "$(cat "$work/fetch.out")" '"links":["http://198.41.0.4:8000/x"]' "fetch"
lacks "$(cat "$work/fetch.out")" "Nama Rekaan" "an author is never shown"
status live 1
has "$(cat "$work/live.out")" "1 pos/posts, rss20" "check --live"
has "$(cat "$work/live.out")" "the server answers 404" "check --live of one that is not there"
status enable 0
status disable 0
status check 0
has "$(cat "$work/check.out")" "not read yet" "check"
has "$(cat "$work/export.out")" 'xmlUrl="http://198.41.0.4:8000/rss.xml"' "export"
status proxied 0
has "$(cat "$work/proxied.out")" '"title":"Halo"' "through a proxy"
status proxied_private 2
is "$(grep -c CONNECT "$work/requests")" 1 "what the proxy was asked"
status remove 0
is "$(cat "$work/sources.yml")" "# tetap
sources:
  - id: lama
    kind: rss
    url: http://198.41.0.4:8000/tidak-ada # juga tetap
    organisation: Lama
    enabled: false" "what is left of sources.yml"

# A push: right, replayed, forged.
printf '0123456789abcdef0123456789abcdef\n' >"$work/secret"
push() { # push NAME SECRET BODY: sets $time once, so that the same request can come again
    HTTP_X_SARING_TIMESTAMP=$time HTTP_X_SARING_SIGNATURE=$(python3 -c '
import hashlib, hmac, sys
print("sha256=" + hmac.new(sys.argv[1].encode(), (sys.argv[2] + "." + sys.argv[3]).encode(), hashlib.sha256).hexdigest())
' "$2" "$time" "$3") "$saring" sources receive --secret "$work/secret" --state "$work/state" \
        >"$work/$1.out" 2>"$work/$1.err" <<<"${4:-$3}"
    echo $? >"$work/$1.status"
}
time=$(date +%s)
body='{"id":"1","text":"halo","author_name":"Nama Rekaan"}'
newline='
'
set +e
push right 0123456789abcdef0123456789abcdef "$body$newline" "$body"
push replay 0123456789abcdef0123456789abcdef "$body$newline" "$body"
push forged 0123456789abcdef0123456789abcdeX "$body$newline" "$body"
set -e
status right 0
has "$(cat "$work/right.out")" '"text":"halo"' "receive"
lacks "$(cat "$work/right.out")" "Nama Rekaan" "an author of a push is not handed on"
status replay 1
has "$(cat "$work/replay.err")" "replay" "a replay"
is "$(cat "$work/replay.out")" "" "what a replay gives"
status forged 1
grep -rq halo "$work/state" && fail "a push was kept"
true
