#!/bin/bash
# The state folder against slips of an administrator and against what a process that was taken over
# could plant in it for root to trip over at the next start.
. "$(dirname "$0")/lib.sh"

cat >"$work/saring.yml" <<EOF
console: { address: 127.0.0.1, port: 0 }
rules: [$root/rules]
example: $root/feeds/example
EOF
start_run() { start "$1" "$saring" run -c "$work/saring.yml" --state "$2"; }
runs() { grep -q 'konsol / console:' "$work/$1.log"; }
stop() { kill -TERM "$1" && wait "$1"; }

# A folder that anybody may write in holds neither keys nor a casebook.
mkdir -m 1777 "$work/umum"
echo 'kata sandi yang panjang' >"$work/sandi"
for command in "run -c $work/saring.yml" "user add sari --org Tim --kind team --password-file $work/sandi"; do
    status=0
    # shellcheck disable=SC2086
    timeout 90 "$saring" $command --state "$work/umum" 2>"$work/umum.err" || status=$?
    is "$status" 2 "a folder for anybody: $command"
    has "$(cat "$work/umum.err")" "anybody may write" "what is said of it"
    is "$(ls -A "$work/umum")" "" "nothing is written there"
done

# One state folder, one saring: of two that start together one says so and goes.
mkdir "$work/bersama"
start_run satu "$work/bersama"
one=$pid
start_run dua "$work/bersama"
two=$pid
one_is_left() { [ "$(jobs -pr | wc -l)" = 1 ]; }
wait_for 20 one_is_left
grep -q 'another saring is running' "$work/satu.log" "$work/dua.log" || fail "neither says that the other one runs"
either_runs() { runs satu || runs dua; }
wait_for 20 either_runs
kill -TERM "$one" "$two" 2>/dev/null || true
wait "$one" "$two" 2>/dev/null || true
started=()

[ "$(id -u)" = 0 ] || skip "the rest needs root"

# A slip in --state: the folder of somebody else is refused, and stays theirs.
mkdir -p "$work/rumah/.ssh"
echo kunci >"$work/rumah/.ssh/id"
status=0
timeout 90 "$saring" run -c "$work/saring.yml" --state "$work/rumah" 2>"$work/rumah.err" || status=$?
is "$status" 2 "a folder with other things in it"
has "$(cat "$work/rumah.err")" "would be given to user" "what is said of it"
is "$(stat -c %u "$work/rumah" "$work/rumah/.ssh" "$work/rumah/.ssh/id" | sort -u)" 0 "it stays root's"

# What a taken-over process may have left: names of files outside, by hard and soft links.
state=$work/state
mkdir "$work/luar"
echo rahasia >"$work/luar/shadow"
start_run pertama "$state"
wait_for 20 runs pertama
stop "$pid"
ln "$work/luar/shadow" "$state/shadow"
ln -s "$work/luar" "$state/luar"
ln -s "$work/luar/shadow" "$state/ingest/tautan"
touch "$state/milik-root"
start_run kedua "$state"
wait_for 20 runs kedua
stop "$pid"
is "$(stat -c %u "$work/luar" "$work/luar/shadow" | sort -u)" 0 "what lies outside stays root's"
is "$(stat -c %U "$state/milik-root" "$state/casebook.db" "$state/ingest" | sort -u)" nobody "what lies inside is handed over"
grep -q 'event=not_given_away' "$work/kedua.log" || fail "the log does not tell of the links"
