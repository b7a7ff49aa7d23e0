#!/bin/bash
# saring doctor: each thing that can be wrong is broken in turn and must be named, and what is well is not; with the
# server running and without; nothing is changed by looking.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
. "$root/tests/system/support/tls.sh"
need jq
need openssl
need redis-server
one_rule
configure
start_season
# doctor [OPTION…]: its findings, a JSON line each, in $work/found; its exit code in $status
doctor() {
    status=0
    "$saring" doctor -c "$work/saring.yml" --json "$@" >"$work/found" 2>"$work/doctor.err" || status=$?
    jq -es 'all(.[]; has("check") and has("level") and has("what"))' "$work/found" >/dev/null || fail "no findings: $(cat "$work/found" "$work/doctor.err")"
}
# found CHECK LEVEL [WORDS]: that it says so; not_found: that it does not
is_found() { jq -es --arg check "$1" --arg level "$2" --arg words "${3:-}" 'any(.[]; .check == $check and .level == $level and (.what | contains($words)))' "$work/found" >/dev/null; }
found() { is_found "$@" || fail "it does not say: $* ($(cat "$work/found"))"; }
not_found() { ! is_found "$@" || fail "it says: $* ($(cat "$work/found"))"; }
well() {
    doctor "$@"
    is "$status" 0 "exit code when all is well ($(grep -F '"wrong"' "$work/found" || true))"
    is "$(grep -cF '"wrong"' "$work/found" || true)" 0 "nothing is wrong"
}
files() { (cd "$state" && find . -type f ! -name '*-shm' ! -name '*-wal' -printf '%p %s %T@\n' | sort); }

before=$(files)
well
is "$(files)" "$before" "what looking changed"
for check in config state disk database audit register season keys rules sources redis certificate; do
    jq -es --arg check $check 'any(.[]; .check == $check)' "$work/found" >/dev/null || fail "nothing is said of $check"
done
found season fine
found database fine
found audit fine 'rows'
found rules fine '1 aturan'
not_found rules warn
"$saring" doctor -c "$work/saring.yml" >"$work/plain" || fail "in words: $(cat "$work/plain")"
grep -q '^ok  audit ' "$work/plain" || fail "no table"
is "$("$saring" doctor -c "$work/saring.yml" --quiet | grep -c '^ok')" 0 "--quiet says only what there is to do"

# While it runs, too.
run
wait_for 60 eval "curl -fs http://127.0.0.1:$port/healthz"
well
stop_run

# What the configuration, the rules, the sources say.
cp "$work/saring.yml" "$work/saring.good"
echo 'bukan_setelan: 1' >>"$work/saring.yml"
doctor
is "$status" 1 "exit code of a bad setting"
found config wrong bukan_setelan
cp "$work/saring.good" "$work/saring.yml"
sed -i 's/class: fraud/class: opini/' "$rules/uji.yml"
doctor
found rules wrong uji.yml
is "$status" 1 "exit code of a bad rule"
sed -i 's/class: opini/class: fraud/' "$rules/uji.yml"
sed -i 's/^title: .*/title: Judul lain/' "$rules/uji.yml"
doctor
found rules warn 'none of them is released'
sed -i 's/^title: .*/title: Uji undian palsu/' "$rules/uji.yml"
mv "$rules/protected" "$work/protected.away"
mkdir "$rules/protected"
echo 'x y z !' >"$rules/protected/rusak.txt"
doctor
found protected wrong rusak.txt
rm -r "${rules:?}/protected"
mv "$work/protected.away" "$rules/protected"
printf 'bukan domain\n' >>"$rules/allow/fact-checkers.txt"
doctor
found checkers wrong fact-checkers.txt
sed -i '$d' "$rules/allow/fact-checkers.txt"
printf 'sources:\n  - { id: a, kind: entah, path: x }\n' >"$work/sources.yml"
doctor
found sources wrong sources.yml
echo 'sources: []' >"$work/sources.yml"

# The state folder and what is in it.
chmod 755 "$state"
doctor
found state wrong 'open to others'
chmod 700 "$state"
chmod 644 "$state/casebook.db.key"
doctor
found state wrong casebook.db.key
chmod 600 "$state/casebook.db.key"
doctor --state "$work/tidak-ada"
found state wrong tidak-ada
sed -i '1i user: tidakadaorang' "$work/saring.yml"
doctor
found state wrong tidakadaorang
cp "$work/saring.good" "$work/saring.yml"

# A copy of the state, so that it may be broken for good.
copy() {
    rm -rf "$work/rusak"
    cp -a "$state" "$work/rusak"
}
sql() { sqlite3 "$work/rusak/casebook.db" "$1" >/dev/null; }
copy
sql "DROP TRIGGER log_no_update; UPDATE log SET detail = '{\"a\":1}' WHERE seq = 2"
doctor --state "$work/rusak"
found audit wrong
is "$status" 1 "exit code of a broken chain"
copy
sql "INSERT INTO cases (season, class, state, version, opened_ms, since_ms, due_ms, rule_id, rule_title, level, revision, copies, first_post, holder, lease, returns, proposer) VALUES ('demo', 'fraud', 'flagged', 1, 1, 1, 1, '', '', '', x'', 0, 0, '', 0, 0, ''); INSERT INTO register VALUES (1, 1, 1, '{}', zeroblob(32))"
doctor --state "$work/rusak"
found register wrong 'row 1'
copy
sql "PRAGMA foreign_keys = OFF; INSERT INTO case_rules VALUES (99, '', x'', '', '', '', '')"
doctor --state "$work/rusak"
found database wrong 'is damaged'
copy
python3 - "$work/rusak/casebook.db" <<'PY'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(0, 2); size = file.tell()
    for at in range(8192, size, 4096):
        file.seek(at); file.write(b"\xff" * 64)
PY
doctor --state "$work/rusak"
found database wrong
copy
sql "PRAGMA user_version = 9999"
doctor --state "$work/rusak"
found database wrong 9999
copy
sql "UPDATE keys SET until_ms = NULL, since_ms = since_ms - 200 * 86400000"
doctor --state "$work/rusak"
found keys warn '180'
copy
ssh-keygen -q -t ed25519 -N '' -C baru -f "$work/baru"
echo 'kata sandi lain lagi' >"$work/baru.pw"
"$saring" user add baru --org 'mitra Contoh' --kind independent --key "$work/baru.pub" --password-file "$work/baru.pw" --state "$work/rusak" >/dev/null
doctor --state "$work/rusak"
found keys wrong '1 kunci'

# Time: behind the log, the season's last days, and after it.
if [ -n "$(libfaketime)" ]; then
    at() { # at TIME: as of then
        status=0
        at_time "$1" "$saring" doctor -c "$work/saring.yml" --json >"$work/found" 2>"$work/doctor.err" || status=$?
    }
    at -2h
    found clock wrong 'behind the log'
    at +55d
    found season warn
    at +61d
    found season warn 'is over'
fi

# Redis: away, there, and one that throws away what it should keep.
redis=$(free_port)
echo "redis: { url: 'redis://127.0.0.1:$redis' }" >>"$work/saring.yml"
doctor
found redis wrong 'be reached'
start redis redis-server --port "$redis" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" --maxmemory 64mb --maxmemory-policy allkeys-lru
wait_for 20 listening "$redis"
doctor
found redis fine answers
found redis warn evicts
cp "$work/saring.good" "$work/saring.yml"

# Certificates: well, of another name, another key, expired, and none.
make_ca
make_cert konsol DNS:saring.uji.example
sed -i "s|^console: .*|console: { port: $port, certificate: '$work/konsol.crt', key: '$work/konsol.key', origin: 'https://saring.uji.example' }|" "$work/saring.yml"
chmod 640 "$work/konsol.key"
doctor
found certificate fine
not_found certificate wrong
chmod 644 "$work/konsol.key"
doctor
found certificate wrong 'read its key'
chmod 640 "$work/konsol.key"
make_cert lain DNS:lain.uji.example
cp "$work/lain.crt" "$work/konsol.crt"
doctor
found certificate wrong "is not for saring.uji.example"
found certificate wrong "another certificate"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/konsol.key" -out "$work/konsol.crt" -days 1 -subj /CN=x -addext subjectAltName=DNS:saring.uji.example 2>/dev/null
doctor
found certificate warn 'days left'
if [ -n "$(libfaketime)" ]; then
    at +3d
    found certificate wrong expired
fi
echo bukan >"$work/konsol.crt"
doctor
found certificate wrong PEM
cp "$work/saring.good" "$work/saring.yml"

# Lists and backups.
mkdir "$work/daftar" "$work/cadangan"
printf '{"valid_until":"%s","empty":""}' "$(date -u -d '+20 hours' +%FT%TZ)" >"$work/daftar/manifest.json"
"$saring" backup "$work/cadangan/satu" --state "$state" >/dev/null
well --lists "$work/daftar" --backup "$work/cadangan"
found lists fine 'more hours'
found backup fine
printf '{"valid_until":"%s","empty":"clock"}' "$(date -u -d '+1 hours' +%FT%TZ)" >"$work/daftar/manifest.json"
touch -d '-3 days' "$work/cadangan/satu/casebook.db"
doctor --lists "$work/daftar" --backup "$work/cadangan"
found lists warn 'more hours'
found lists warn 'empty on purpose'
found backup warn
printf '{"valid_until":"%s"}' "$(date -u -d '-1 hours' +%FT%TZ)" >"$work/daftar/manifest.json"
touch -d '-9 days' "$work/cadangan/satu/casebook.db"
doctor --lists "$work/daftar" --backup "$work/cadangan"
found lists wrong
found backup wrong
doctor --lists "$work/kosong" --backup "$work/kosong"
found lists wrong
found backup wrong

# The public folder.
mkdir -m 555 "$work/terkunci"
echo "public: { folder: '$work/terkunci' }" >>"$work/saring.yml"
doctor
found public wrong "written"
status=0
"$saring" doctor --entah 2>/dev/null || status=$?
is $status 2 "exit code of a wrong word"
echo ok
