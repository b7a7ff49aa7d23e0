# Unmatched posts and all authors: their text is nowhere but in memory. The raw bytes of the state
# folder, the WAL, Redis' dump, the log and what a crash leaves are searched, while it runs and after.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need redis-server
need redis-cli

redis_port=$(free_port)
mkdir "$work/redis"
start redis redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --appendonly yes
one_rule
# A rule that reads authors, so that they are part of what is matched and cached.
sed -e 's/title: .*/title: Uji nama/; s/6f0f6a01/6f0f6a09/' \
    -e "s/^\( *\)text|words:.*/\1author_name|contains: ['zqpenipu']\n\1text|contains: ['halo nomor']/" \
    -e "s/{ text: 'Ikuti.*/{ text: 'halo nomor 1', author_name: 'zqpenipu' }/" \
    "$rules/uji.yml" >"$rules/nama.yml"
"$saring" rules check "$rules" >/dev/null || fail "the test's rules do not load"
configure "redis: { url: 'redis://127.0.0.1:$redis_port' }"
start_season

# Every unmatched text holds a word of its own; every author too. Bad lines, long lines as well.
python3 - "$marker" >"$work/posts.ndjson" <<'EOF'
import json, sys
marker = sys.argv[1]
for i in range(600):
    post = {"id": "p%d" % i, "source": "uji", "title": "zqjudul%dakhir" % i, "text": "pasar pagi zqbersih%dakhir" % i,
            "author_name": "zqpenulis%dakhir" % i, "url": "https://contoh.example/zqalamat%dakhir" % i}
    if i % 6 == 0:
        post["text"] = "%s nomor %d" % (marker, i); post["title"] = "Ditandai %d" % i; post["url"] = "https://contoh.example/p%d" % i
    if i % 6 == 1:
        post["author_name"] = "zqpenipu zqpenulis%dakhir" % i; post["title"] = ""; post["text"] = "halo nomor %d" % i; post["url"] = ""
    if i % 12 == 0: del post["author_name"] # flagged, and nobody's: what Redis may have
    print(json.dumps(post))
    if i % 50 == 0:
        print('{"id": "x%d", "text": "zqbersih%drusak", "author_name": ' % (i, i))
        print('{"text": 5, "author_name": "zqpenulis%drusak"}' % i)
        print('{"text": "zqbersih%drusak", "text": "zqbersih%drusak"}' % (i, i))
        print('zqbersih%drusak tanpa kurung' % i)
        print('{"author_name": "zqpenulis%drusak", "title": "zqbersih%drusak"}' % (i, i))
print(json.dumps({"id": "besar", "text": "zqbersih9999akhir " * 120000}))
EOF
mkfifo "$work/in"
ulimit -c unlimited 2>/dev/null || true
run "$work/in" # the log is one of the places
exec 5>"$work/in"
wait_for 30 logged 'event=redis_up'
cat "$work/posts.ndjson" >&5
wait_for 60 flagged_is 200

places=("$state" "$work/redis" "$work/run.log")
search() {
    redis-cli -p "$redis_port" save >/dev/null
    ! grep -raoE 'zq(bersih|penulis|judul|alamat)[0-9]+(akhir|rusak)' "${places[@]}" >"$work/found" ||
        fail "$1: found $(head -3 "$work/found")"
    # base64 and UTF-16 hide from that: the word's beginning in both
    ! grep -raoE 'enFiZXJzaW|enFwZW51bGl|enFqdWR1b|z.q.b.e.r.s.i.h|z.q.p.e.n.u.l.i.s' "${places[@]}" >"$work/found" ||
        fail "$1: found $(head -3 "$work/found")"
    grep -qra "$marker" "$state" || fail "$1: not even flagged text is found; the search is worth nothing"
}
search "while it runs"
grep -qa "$marker" "$work"/redis/*.rdb "$work"/redis/appendonlydir/* || fail "Redis holds no flagged verdict; the search is worth nothing"

# A crash in the middle leaves no core file, nor anything else.
cat "$work/posts.ndjson" | sed 's/"id": "p/"id": "q/' >&5 &
wait_for 30 flagged_at_least 250
cores_before=$(find "$work" "$root" /tmp /var/crash /var/lib/systemd/coredump -maxdepth 1 -name 'core*' 2>/dev/null | wc -l)
kill -SEGV "$(child ingest)"
kill -ABRT "$(child review)"
wait_for 30 logged 'child=ingest .*signal=11'
wait_for 30 logged 'child=review .*signal=6'
wait_for 60 flagged_is 400
is "$(find "$work" "$root" /tmp /var/crash /var/lib/systemd/coredump -maxdepth 1 -name 'core*' 2>/dev/null | wc -l)" "$cores_before" "core files"
search "after a crash"
for name in ingest review; do
    wait_for 30 alive $name
    has "$(cat /proc/"$(child $name)"/status)" "NoNewPrivs:	1" "$name may gain no privileges"
    is "$(awk '/Max core file size/ { print $5, $6 }' "/proc/$(child $name)/limits")" "0 0" "room for a core of $name"
done
exec 5>&-
stop_run
search "after the end"
