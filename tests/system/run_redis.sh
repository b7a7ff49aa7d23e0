# A real Redis as second cache: used when it is there; killed, stopped, replaced by something that
# talks nonsense, it costs nothing but its answers. Flagged verdicts alone are in it, under hashes.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need redis-server
need redis-cli

redis_port=$(free_port)
start_redis() {
    start redis redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" \
        --unixsocket "$work/redis.sock" --unixsocketperm 777
    redis=$pid
    wait_for 10 eval "redis-cli -p $redis_port ping | grep -q PONG"
}
figure() { grep -o 'process=ingest event=drained .*' "$work/run.log" | tail -n 1 | grep -o " $1=[0-9]*" | cut -d= -f2; }
keys() { redis-cli -p "$redis_port" --scan | sort; }
one_rule
configure "redis: { url: 'redis://127.0.0.1:$redis_port' }"
start_season

# The posts of `posts`, as if by nobody: where a rule may read an author, that stays in memory.
posts 2000 10 a >"$work/first.ndjson"
sed 's/"id": "a/"id": "b/' "$work/first.ndjson" >"$work/copies.ndjson"

start_redis
run "$work/first.ndjson"
wait_for 30 flagged_is 200
stop_run
logged 'event=redis_up' || fail "Redis was not used"
stored=$(figure redis_stored)
[ "$stored" -gt 0 ] || fail "nothing was stored in Redis"
keys >"$work/keys"
# An answer that came too late was stored and is not counted.
[ "$(wc -l <"$work/keys")" -ge "$stored" ] || fail "$(wc -l <"$work/keys") keys in Redis of $stored that were stored"
! grep -vqE '^saring:v1:[0-9a-f]{64}$' "$work/keys" || fail "a key that is no keyed hash"
ttl=$(redis-cli -p "$redis_port" ttl "$(head -1 "$work/keys")")
{ [ "$ttl" -gt 80000 ] && [ "$ttl" -le 86400 ]; } || fail "a key lives $ttl s"

# A new process has nothing in memory: copies under other ids are found in Redis, here by its socket.
: >"$work/run.log"
cp "$work/saring.yml" "$work/saring.tcp.yml"
sed -i "s|^redis: .*|redis: { url: 'unix:$work/redis.sock' }|" "$work/saring.yml"
run "$work/copies.ndjson"
wait_for 30 flagged_is 400
stop_run
has "$(grep event=redis_up "$work/run.log")" "server=unix:$work/redis.sock" "the socket was used"
mv "$work/saring.tcp.yml" "$work/saring.yml"
[ "$(figure redis_found)" -gt 0 ] || fail "no verdict came from Redis"

# A Redis that changed hands: values swapped and cut. None of them counts.
python3 - "$redis_port" "$work/keys" <<'EOF'
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
f = s.makefile("rb")
def call(*words):
    s.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
    head = f.readline()
    if head[:1] != b"$": return head
    body = f.read(int(head[1:]) + 2)
    return body[:-2]
keys = [line.strip().encode() for line in open(sys.argv[2])]
values = [call(b"GET", key) for key in keys]
for i, key in enumerate(keys):
    other = values[(i + 1) % len(values)]
    call(b"SET", key, other if i % 2 else values[i][:-1], b"KEEPTTL")
EOF
: >"$work/run.log"
sed 's/"id": "a/"id": "c/' "$work/first.ndjson" >"$work/third.ndjson"
run "$work/third.ndjson"
wait_for 30 flagged_is 600
stop_run
is "$(figure redis_found)" 0 "forged verdicts that were believed"
[ "$(figure redis_forged)" -gt 0 ] || fail "forgeries were not noticed"
ask "SELECT item FROM content WHERE text NOT LIKE '%$marker%'" >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "posts flagged that were not: $(head -3 "$work/wrong")"

# In the middle of a run: killed, restarted, stopped, nonsense in its place.
: >"$work/run.log"
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
# redis_is up|away: what the log says last; how often it went away is the machine's load's affair
redis_is() { [ "$(grep -o 'event=redis_[a-z]*' "$work/run.log" | tail -n 1)" = "event=redis_$1" ]; }
wait_for 30 redis_is up
part=0
through() { # sends 1000 posts with 100 flagged; all are in the casebook within $1 seconds
    part=$((part + 1))
    posts 1000 10 "d$part-" >&5
    wait_for "$1" flagged_is $((600 + part * 100))
}
through 10
kill -9 "$redis"
through 10
wait_for 10 redis_is away
through 10
start_redis
wait_for 40 redis_is up
through 10
kill -STOP "$redis"
through 10
wait_for 10 redis_is away
through 10
kill -CONT "$redis"
kill -9 "$redis"
wait "$redis" 2>/dev/null || true
start nonsense python3 -c '
import os, socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(5)
while True:
    c, _ = s.accept()
    try:
        while c.recv(65536): c.sendall(b"+PONG\r\n" + os.urandom(3000))
    except OSError: pass
    c.close()
' "$redis_port"
nonsense=$pid
through 10
through 10
kill "$nonsense"
wait "$nonsense" 2>/dev/null || true
start_redis
wait_for 60 eval '[ "$(redis-cli -p '"$redis_port"' client list | grep -c "cmd=ping\|cmd=get\|cmd=set")" -ge 1 ]'
through 10
exec 5>&-
stop_run
is "$(ask 'SELECT count(*) - count(DISTINCT item) FROM content')" 0 "posts that are there twice"
is "$(grep -o 'event=started child=[a-z]*' "$work/run.log" | sort | uniq -d)" "" "processes that did not live through all of it"
lacks "$(grep event=ended "$work/run.log" | grep -v 'exit=0 signal=0' || true)" event=ended "processes that ended ill"
away=$(grep -c 'event=redis_away' "$work/run.log")
[ "$away" -le 8 ] || fail "the log tells $away times that Redis is away"
