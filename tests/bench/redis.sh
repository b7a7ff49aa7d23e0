# What Redis is worth to `saring run`, as the program itself: posts on standard input until the last
# that a rule flags is in the casebook, with a Redis that answers and with one that was stopped. One
# post in five hundred is flagged, every third text comes twice. In turn; each round has texts of its own.
. "$(dirname "$0")/../system/lib.sh"
. "$root/tests/system/support/run.sh"
need redis-server
need redis-cli
rounds=6 count=60000

redis_port=$(free_port)
start_redis() {
    start redis redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work"
    redis=$pid
    wait_for 10 eval "redis-cli -p $redis_port ping | grep -q PONG"
}
one_rule
configure "redis: { url: 'redis://127.0.0.1:$redis_port' }"
start_season
mkfifo "$work/in"
flagged=0

# pass NAME: seconds for one round, in $seconds
pass() {
    posts $count 500 "$1" >"$work/once"
    awk 'NR % 3 == 0 { twice = $0; sub(/"id": "/, "\"id\": \"again-", twice); print twice } { print }' \
        "$work/once" >"$work/posts"
    flagged=$((flagged + count / 500 + count / 1500))
    : >"$work/run.log"
    run "$work/in"
    exec 5>"$work/in"
    wait_for 30 logged 'event=rules_loaded'
    local start=${EPOCHREALTIME/./}
    cat "$work/posts" >&5
    wait_for 120 flagged_is $flagged
    seconds=$((${EPOCHREALTIME/./} - start))
    exec 5>&-
    stop_run
}

with=() without=()
round_with() {
    start_redis
    pass "with$1-"
    with+=("$seconds")
    logged 'event=redis_up' || fail "Redis was not used"
    kill "$redis"
    wait "$redis" || true
}
round_without() {
    pass "without$1-"
    without+=("$seconds")
}
for round in $(seq 1 2 $rounds); do # each of the two is as often the first
    round_with "$round" && round_without "$round"
    round_without $((round + 1)) && round_with $((round + 1))
done

python3 - $((count + count / 3)) "${with[@]}" "${without[@]}" <<'EOP'
import json, os, statistics, sys
posts, micros = int(sys.argv[1]), [int(n) for n in sys.argv[2:]]
up, down = micros[:len(micros) // 2], micros[len(micros) // 2:]
ratio = statistics.median(a / b for a, b in zip(up, down))
ours, theirs = (posts / statistics.median(n) * 1e6 for n in (down, up))
print("%-10s %7d  %-18s %12.6g %12.6g %-8s %8.2fx" % ("run", 0, "redis-stopped/up", ours, theirs, "posts/s", ratio))
if os.environ.get("BENCH_JSON"):
    with open(os.environ["BENCH_JSON"], "a") as out:
        out.write('{"bench":"run","n":0,"peer":"redis-stopped/up","ours":%.6g,"theirs":%.6g,"unit":"posts/s","ratio":%.3g}\n' % (ours, theirs, ratio))
EOP
