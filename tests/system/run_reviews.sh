#!/bin/bash
# Fact-checks from sources into the casebook, in a network of its own whose loopback has public addresses: taken in
# once whatever is killed, of listed checkers about their own pages alone; one that is rated otherwise, or whose page is
# gone for good, voids its cases; one that merely is in no feed any more does not.
if [ -z "${SARING_INSIDE:-}" ]; then
    . "$(dirname "$0")/lib.sh"
    need unshare
    need ip
    [ "$(id -u)" = 0 ] || skip "becoming nobody takes root"
    unshare -nm true 2>/dev/null || skip "no network of its own can be made here"
    trap - EXIT
    rm -rf "$work"
    SARING_INSIDE=1 exec unshare -nm bash "$0"
fi
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
. "$root/tests/system/support/tls.sh"
need jq
faketime=$(libfaketime)
[ -n "$faketime" ] || skip "libfaketime is not installed"
ip link set lo up
ip addr add 198.41.0.4/32 dev lo
names="periksa-uji-saring.com lain-uji-saring.com asing-uji-saring.com"
echo "198.41.0.4 $names" >"$work/hosts"
chmod 644 "$work/hosts"
mount --bind "$work/hosts" /etc/hosts
make_ca
make_cert server "$(printf 'DNS:%s,' $names | sed 's/,$//')"
mount --bind "$work/trusted.crt" /etc/ssl/certs/ca-certificates.crt

site=https://periksa-uji-saring.com
mkdir "$work/www"
# review URL CLAIM RATING: a ClaimReview
review() { printf '{"@type":"ClaimReview","url":"%s","claimReviewed":"%s","headline":"%s","datePublished":"2026-11-01","author":{"name":"siapa pun"},"reviewRating":{"alternateName":"%s"}}' "$1" "$2" "Periksa: $2" "$3"; }
# page FILE REVIEW…: a page with them embedded, as sites do
page() {
    local file=$1 all
    shift
    all=$(IFS=,; echo "$*")
    echo "<!doctype html><script>var a='</p>'</script><script type='application/ld+json'>{broken</script><script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebPage\"},$all]}</script><p>isi" >"$work/www/$file.new"
    mv "$work/www/$file.new" "$work/www/$file"
}
ink='Tinta pemilu mengandung racun dan membuat kebal hitung'
day='Pencoblosan dipindah ke hari Kamis'
box='Kotak suara terbuat dari kardus bekas'
page periksa.daftar "$(review $site/tinta "$ink" Salah)" "$(review $site/hari "$day" Hoaks)" "$(review $site/kotak "$box" 'Sebagian benar')" \
    "$(review https://lain-uji-saring.com/1 "$box" Salah)" "$(review https://asing-uji-saring.com/1 "$box" Salah)" "$(review http://periksa-uji-saring.com/x "$box" Salah)"
page periksa.tinta "$(review "" "$ink" Salah)"
page periksa.hari "$(review $site/hari "$day" Hoaks)"
# Another listed checker's site that speaks of pages that are not its own, and a site that is on no list.
page lain.daftar "$(review $site/tinta "$ink" Benar)" "{\"@type\":\"ClaimReview\",\"url\":\"$site/hari\",\"claimReviewed\":\"$day\",\"creativeWorkStatus\":\"withdrawn\",\"reviewRating\":{\"alternateName\":\"Hoaks\"}}" "$(review https://lain-uji-saring.com/2 'Debat ditiadakan' Salah)"
page asing.daftar "$(review https://asing-uji-saring.com/2 'Debat ditiadakan' Salah)" "$(review $site/tinta "$ink" Benar)"
python3 -c 'print("[" * 100000)' >"$work/www/asing.dalam"
cat >"$work/server.py" <<'PY'
import http.server, os, ssl, sys
class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        name = self.headers["Host"].split("-")[0] + "." + self.path.strip("/")
        status, body = 200, b""
        if os.path.exists(name + ".status"): status = int(open(name + ".status").read())
        elif os.path.exists(name): body = open(name, "rb").read()
        else: status = 404
        print(name, status, flush=True)
        self.send_response(status); self.send_header("Content-Type", "text/html"); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *rest): pass
server = http.server.ThreadingHTTPServer(("198.41.0.4", 443), Server)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain("../server.crt", "../server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
os.chdir(sys.argv[1]); server.serve_forever()
PY
(cd "$work/www" && exec python3 ../server.py .) >"$work/asked" 2>"$work/server.log" &
started+=($!)
wait_for 20 eval '(exec 3<>/dev/tcp/198.41.0.4/443)'

one_rule
printf 'periksa-uji-saring.com\tPeriksa Uji\nlain-uji-saring.com\tPeriksa Lain\n' >"$rules/allow/fact-checkers.txt"
claim_rule() { # claim_rule NAME ID URL CLAIM WORDS
    cat >"$rules/$1.yml" <<END
title: Uji $1
id: $2
status: stable
date: 2026-11-24
logsource: { category: post }
description: Klaim rekaan untuk uji.
detection:
  isi: { 'text|words|all': [$5] }
  condition: isi
level: high
basis:
  class: claim
  evidence:
    - { type: claimreview, url: '$3', publisher: Periksa Uji, claim: '$4', rating: Salah, rated: 2026-11-01 }
  expires: $(date -u -d '+100 days' +%F)
tests:
  match: [ { text: '$4' } ]
  pass: [ { text: 'Kantor buka sampai sore' } ]
END
}
claim_rule tinta 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6b01 $site/tinta "$ink" 'tinta, racun'
claim_rule hari 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6b02 $site/hari "$day" 'pencoblosan, kamis'
claim_rule gaib 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6b03 $site/gaib 'Saksi dibayar ganda' 'saksi, ganda'
configure
{
    echo "sources:"
    echo "  - { id: cek, kind: claimreview, url: '$site/daftar', organisation: Periksa Uji }"
    echo "  - { id: cek-lain, kind: claimreview, url: 'https://lain-uji-saring.com/daftar', organisation: Periksa Lain }"
    echo "  - { id: cek-asing, kind: claimreview, url: 'https://asing-uji-saring.com/daftar', organisation: Asing }"
    echo "  - { id: cek-dalam, kind: claimreview, url: 'https://asing-uji-saring.com/dalam', organisation: Asing }"
} >"$work/sources.yml"
start_season
mkfifo "$work/in"
# later TIME: `saring run` as of that time from now on, posts through $work/in
later() {
    : >"$work/run.log"
    LD_PRELOAD=$faketime FAKETIME=$1 "$saring" run -c "$work/saring.yml" <"$work/in" >>"$work/run.log" 2>&1 &
    supervisor=$!
    started+=("$supervisor")
    exec 5>"$work/in"
}
claims() { "$saring" claims "$@" --state "$state"; }
known() { ask "SELECT count(*) FROM claims WHERE NOT is_gone"; }
state_of() { ask "SELECT state FROM cases JOIN content ON post_id = first_post WHERE item = '$1'"; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
# The season's and rules' rows are of now; nothing below may be earlier.
later +1s
# Whoever dies while it comes in: it is taken in once.
wait_for 60 alive review
kill -9 "$(child ingest)" "$(child review)"
wait_for 60 eval '[ "$(known)" = 4 ]'
kill -9 "$(child review)"
wait_for 60 eval '[ "$(grep -c "event=started child=review" "$work/run.log")" -ge 3 ]'
kill -9 "$(child ingest)"
wait_for 60 eval '[ "$(grep -c "event=started child=ingest" "$work/run.log")" -ge 3 ]'
post() { printf '{"id":"%s","source":"uji","text":"%s"}\n' "$1" "$2" >&5; }
post satu "katanya $ink lho"
post dua "awas $day ya"
post tiga 'Saksi dibayar ganda di TPS'
for name in satu dua tiga; do wait_for 60 is_state $name flagged; done
is "$(known)" 4 "reviews of listed checkers about their own pages"
is "$(ask "SELECT count(*) FROM claims")" 4 "each once"
is "$(ask "SELECT group_concat(url, ' ') FROM (SELECT url FROM claims ORDER BY url)")" "https://lain-uji-saring.com/2 $site/hari $site/kotak $site/tinta" "which"
is "$(ask "SELECT group_concat(publisher, ' ') FROM (SELECT DISTINCT publisher FROM claims ORDER BY 1)")" "Periksa Lain Periksa Uji" "as the list names them"
is "$(claims list --json | wc -l)" 3 "rated false"
wait_for 60 logged 'event=reviews_refused count=[0-9]+ first="its url is no https page'
wait_for 60 logged 'event=reviews_refused count=[0-9]+ first="it is of another fact-checker'
wait_for 60 logged 'event=source_unreadable source=cek-dalam'
logged 'event=reviews_taken added=[0-9]+ changed=0 gone=0 voided=0 drafts=[12]' || fail "no draft is offered"
is "$(ask "SELECT count(*) FROM posts WHERE id NOT IN (SELECT post_id FROM content WHERE source = 'uji')")" 0 "fact-checks are no posts"
# A draft is text for a person: nothing of it is in the rules.
claims draft "$(claims list --json | jq "select(.url == \"$site/tinta\").id")" >"$work/draft.yml"
grep -q "url: '$site/tinta'" "$work/draft.yml" || fail "the draft has no evidence"
is "$(find "$rules" -name '*.yml' | wc -l)" 4 "rule files"

# The pages that cases rest on were looked at: one answers, one has nothing, one is missing for now.
looked() { [ "$(ask "SELECT count(*) FROM claim_pages WHERE status <> 0")" = 3 ]; }
wait_for 60 looked
is "$(ask "SELECT group_concat(status || (missing_ms IS NOT NULL), ' ') FROM (SELECT * FROM claim_pages ORDER BY url)")" "4041 2000 2000" "how they answered"
is_state tiga flagged || fail "a page that is missing for a moment voids"

# Missing an hour later still: gone. Another is not in the feed any more: it stands.
page periksa.daftar "$(review $site/tinta "$ink" Salah)"
stop_run
later +70m
wait_for 60 is_state tiga void
wait_for 60 eval '[ "$(grep -c "^periksa.daftar 200" "$work/asked")" -ge 2 ]'
is "$(state_of dua)" flagged "what is in no feed any more"
is "$(known)" 4 "reviews that stand"

# Its page says otherwise now, which the feed of another could not say.
page periksa.tinta "$(review $site/tinta "$ink" 'Sebagian benar')"
echo 410 >"$work/www/periksa.hari.status"
stop_run
later +26h
wait_for 60 is_state satu void
wait_for 60 is_state dua void
stop_run
is "$(ask "SELECT is_gone FROM claims WHERE url = '$site/hari'")" 1 "410 is gone at once"
is "$(ask "SELECT is_false FROM claims WHERE url = '$site/tinta'")" 0 "no longer false"
"$saring" audit verify --state "$state" >/dev/null || fail "the log's chain"
is "$("$saring" audit show --json --state "$state" | jq -r 'select(.action == "claims" and .detail.status == 410) | [.actor, .detail.page, .detail.voided] | @tsv')" "$(printf 'machine\t%s\t1' $site/hari)" "a row of the log"
echo ok
