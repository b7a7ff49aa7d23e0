#!/bin/bash
# How quick the console is with CASES cases and ROWS rows in the log (100,000 and 1,000,000 unless
# given): 50 requests a second for the queue by a signed-in reviewer, on loopback; then cases, search and
# the log. Prints a line a page: requests, median, p99 in ms, bytes. `STATE=DIR` keeps the casebook.
. "$(dirname "$0")/../system/lib.sh"
need curl
need oathtool
need sqlite3
need python3
cases=${1:-100000} rows=${2:-1000000}
fill=$root/build/release/tests/system/fill_casebook
[ -x "$fill" ] || skip 'make build/release/tests/system/fill_casebook first'
state=${STATE:-$work/state}
[ -e "$state/casebook.db" ] || "$fill" "$state" "$cases" "$rows"
printf 'kata sandi panjang ukur\n' >"$work/ukur.pw"
name=ukur$RANDOM
at_time -100h "$saring" user add $name --org 'Tim Ukur' --kind team --password-file "$work/ukur.pw" --state "$state" >/dev/null ||
    "$saring" user add $name --org 'Tim Ukur' --kind team --password-file "$work/ukur.pw" --state "$state" >/dev/null
printf 'state: %s\nrules: [%s/rules]\nexample: %s/feeds/example\nconsole: { port: 0 }\n' "$state" "$root" "$root" >"$work/saring.yml"
start run "$saring" run -c "$work/saring.yml"
wait_for 120 grep -q 'console: http' "$work/run.log"
url=$(sed -n 's|.*\(http://[^ ]*[0-9]\)/.*|\1|p' "$work/run.log" | tail -n 1)
curl -sS -o /dev/null -c "$work/jar" -H "Origin: $url" --data-urlencode name=$name --data-urlencode "password@$work/ukur.pw" "$url/sign-in" ||
    fail 'signing in'
curl -sS -o /dev/null -c "$work/jar" -H "Origin: $url" --data-urlencode name=$name --data-urlencode "password=$(cat "$work/ukur.pw")" "$url/sign-in"
secret=$(curl -sS -b "$work/jar" -c "$work/jar" "$url/sign-in/code" | grep -o '<code>[A-Z2-7 ]*</code>' | head -n 1 | tr -cd 'A-Z2-7')
curl -sS -o /dev/null -b "$work/jar" -c "$work/jar" -H "Origin: $url" -d "code=$(oathtool --totp -b "$secret")" "$url/sign-in/code"
cookie=$(awk '$6 == "__Host-saring" { print $7 }' "$work/jar")
rules=$(sqlite3 -readonly "$state/casebook.db" "SELECT group_concat(rule_id, ' ') FROM (SELECT DISTINCT rule_id FROM cases LIMIT 20)")
python3 - "$url" "$cookie" "$rules" <<'PY'
import http.client, sys, threading, time
url, cookie = sys.argv[1:3]
port = int(url.rsplit(":", 1)[1])
def measure(name, paths, rate, seconds):
    times, sizes, lock = [], [], threading.Lock()
    start = time.monotonic()
    def worker(which, of):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for n in range(which, rate * seconds, of):
            due = start + n / rate
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            connection.request("GET", paths[n % len(paths)], headers={"Cookie": f"__Host-saring={cookie}"})
            answer = connection.getresponse()
            body = answer.read()
            took = time.monotonic() - began
            assert answer.status == 200, (paths[n % len(paths)], answer.status)
            with lock:
                times.append(took * 1000); sizes.append(len(body))
    threads = [threading.Thread(target=worker, args=(i, 4)) for i in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
    times.sort()
    assert len(times) == rate * seconds, "requests failed"
    print(f"{name}: {len(times)} requests at {rate}/s, median {times[len(times)//2]:.1f} ms, "
          f"p99 {times[int(len(times)*.99)]:.1f} ms, at most {max(sizes)} bytes", flush=True)
measure("queue", ["/"], 50, 20)
measure("queue, by class", ["/?class=claim", "/?class=procedure", "/?class=fraud"], 50, 10)
measure("queue, by state", ["/?state=flagged", "/?state=returned", "/?state=flagged&class=claim", "/?state=all&class=fraud"], 50, 10)
measure("queue, by rule", [f"/?rule={rule}" for rule in sys.argv[3].split()] + [f"/?state=all&rule={rule}" for rule in sys.argv[3].split()], 50, 10)
measure("queue, page 1000", ["/?page=1000"], 10, 5)
measure("case", [f"/cases/{1 + 977 * i}" for i in range(100)], 50, 10)
measure("search", ["/?q=dicoret+daftar", "/?q=verifikasi", "/?q=otp+nik", "/?q=verifikasi+otp", "/?q=verifikasi&class=claim&state=all"], 50, 10)
measure("log", ["/log", "/log?page=20000"], 20, 5)
measure("entries", ["/entries"], 20, 5)
measure("measures", ["/measures"], 10, 20)
PY
