# Sources over HTTP: RSS, Atom and JSON Feed from a local server, with a conditional GET the next
# time; nothing is fetched from a private address unless sources.yml says so for that source.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
faketime=$(libfaketime)
[ -n "$faketime" ] || skip "libfaketime is not installed"

feeds_port=$(free_port)
start server python3 -c '
import http.server, json, sys
marker = sys.argv[2]
def rss(n): return "".join("<item><guid isPermaLink=\"false\">rss-%d</guid><title>Judul %d</title><description><![CDATA[<p>%s %d</p>]]></description></item>" % (i, i, marker if i % 2 else "pasar pagi", i) for i in range(n))
class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        asked = self.headers.get("If-None-Match")
        status, body, kind = 200, b"", "application/rss+xml"
        if self.path == "/rss": body = ("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>%s</channel></rss>" % rss(20)).encode()
        elif self.path == "/atom": kind, body = "application/atom+xml", ("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title><id>x</id>%s</feed>" % "".join("<entry><id>atom-%d</id><title>%s %d</title><summary>isi</summary></entry>" % (i, marker, i) for i in range(5))).encode()
        elif self.path == "/json": kind, body = "application/feed+json", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"id": "json-%d" % i, "content_text": "%s %d" % (marker, i)} for i in range(5)]}).encode()
        elif self.path == "/moved": status = 302
        else: status = 404
        if status == 200 and asked == "\"v1\"": status, body = 304, b""
        print(self.path, status, flush=True)
        self.send_response(status)
        if status == 302: self.send_header("Location", "/rss")
        self.send_header("ETag", "\"v1\""); self.send_header("Content-Type", kind); self.send_header("Content-Length", str(len(body)))
        self.end_headers(); self.wfile.write(body)
    def log_message(self, *rest): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Server).serve_forever()
' "$feeds_port" "$marker"
wait_for 10 listening "$feeds_port"
one_rule
configure
source_of() { echo "  - { id: $1, kind: $2, url: 'http://$5:$feeds_port/$3', organisation: Contoh, enabled: true, allow_private: $4 }"; }
{
    echo "sources:"
    source_of umpan-rss rss rss true 127.0.0.1
    source_of umpan-atom atom atom true 127.0.0.1
    source_of umpan-json json json true localhost
    source_of dilarang rss forbidden false 127.0.0.1
    source_of dilarang-juga rss forbidden false localhost
} >"$work/sources.yml"
start_season
run
wait_for 60 flagged_is 20
stop_run
{ seq 1 2 19 | sed 's/^/rss-/'; seq 0 4 | sed 's/^/atom-/'; seq 0 4 | sed 's/^/json-/'; } >"$work/want"
flagged_are "$work/want"
lacks "$(cat "$work/server.log")" "forbidden" "a private address was reached"
logged 'dilarang' || fail "the log does not say that a private address was asked for"
is "$(grep -c ' 200' "$work/server.log")" 3 "whole documents"

# Eleven minutes later the same validators are sent: nothing comes, nothing is flagged again.
: >"$work/run.log"
LD_PRELOAD=$faketime FAKETIME=+11m "$saring" run -c "$work/saring.yml" </dev/null >>"$work/run.log" 2>&1 &
supervisor=$!
started+=("$supervisor")
wait_for 60 eval '[ "$(grep -c " 304" "$work/server.log")" = 3 ]'
stop_run
is "$(grep -c ' 200' "$work/server.log")" 3 "whole documents after a conditional GET"
is "$(flagged)" 20 "flagged posts"
