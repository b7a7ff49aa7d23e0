# What keeps `saring run` from starting, each with a message that says what would be right; and what
# does not keep it: a console's port that is taken.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

one_rule
configure
try() { # try WANTED-MESSAGE ARGUMENT…: must end with 2 and say so
    local want=$1 status=0 said
    shift
    said=$(timeout 90 "$saring" run "$@" 2>&1 </dev/null) || status=$?
    is "$status" 2 "exit code of: run $*"
    has "$said" "$want" "run $*"
}
with() { # with OLD NEW: the configuration, a line changed
    sed "s|$1|$2|" "$work/saring.yml" >"$work/other.yml"
}
has "$("$saring" run --help)" "saring run [-c saring.yml]" "--help"
[ "$("$saring" run --help | wc -l)" -le 32 ] || fail "--help is longer than a screen"
try "there is no option --stat; --state?" --stat x
try "--state perlu nilai / takes a value" --state
try "'posts.ndjson' bukan di sini tempatnya / has no place here" posts.ndjson
try "$work/none.yml: cannot be opened" -c "$work/none.yml"
with "console:" "konsole:"
try "other.yml:5:1:" -c "$work/other.yml"
with "port: [0-9]*" "port: 99999"
try "other.yml:5:" -c "$work/other.yml"
with '^user.*' ''
printf 'user: root\n' >>"$work/other.yml"
if [ "$(id -u)" = 0 ]; then try "root must become somebody else" -c "$work/other.yml"; fi
with '^user.*' ''
printf 'redis: { url: "http://127.0.0.1" }\n' >>"$work/other.yml"
try "it must be redis://host:port or unix:PATH" -c "$work/other.yml"
with "rules: .*" "rules: [tiada]"
try "tiada" -c "$work/other.yml"
printf 'title: rusak\nid: x\n' >"$rules/rusak.yml"
try "rusak.yml:" -c "$work/saring.yml"
rm "$rules/rusak.yml"
try "the state folder" -c "$work/saring.yml" --state /proc/none

# The port is taken: said, verdicts are taken in, and the console comes when it is free.
start squatter python3 -c '
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(1)
while True: time.sleep(60)
' "$port"
squatter=$pid
wait_for 10 listening "$port"
run
wait_for 30 logged 'event=console_not_served'
wait_for 30 logged "konsol belum disajikan / the console is not served yet: 127.0.0.1 port $port dipakai program lain"
wait_for 30 logged 'choose a port: `console: { port: 8421 }` in saring.yml'
wait_for 30 flagged_at_least 1
kill "$squatter"
wait "$squatter" 2>/dev/null || true
wait_for 30 logged 'event=console address=127.0.0.1'

# A second one with the same state folder is refused.
try "another saring is running" -c "$work/saring.yml"

# Another user has no rights here: told so, and whose the folder is, whatever the command.
if [ "$(id -u)" = 0 ]; then
    as_other() {
        local status=0 said
        said=$(setpriv --reuid 64321 --regid 64321 --clear-groups "$saring" "$@" 2>&1 </dev/null) || status=$?
        is "$status" 2 "exit code of another user's: $*"
        has "$said" 'run as nobody atau/or root' "another user's: $*"
        lacks "$said" 'no casebook yet' "another user's: $*"
    }
    for command in 'review list' 'audit verify' 'season show' 'export rpz' 'user list' 'rules reload' run; do
        # shellcheck disable=SC2086 # words
        as_other $command --state "$state"
    done
    as_other user add budi --org 'Tim Contoh' --kind team --password-file "$work/saring.yml" --state "$state"
fi
stop_run

# A casebook that is none is said, again and again, and nothing is lost of it.
cp "$state/casebook.db" "$work/casebook.kept"
head -c 8192 /dev/urandom >"$state/casebook.db"
rm -f "$state"/casebook.db-*
: >"$work/run.log"
run
wait_for 30 eval '[ "$(grep -c event=casebook_not_opened "$work/run.log")" -ge 2 ]'
has "$(cat "$work/run.log")" "casebook.db" "the log names the file"
cp "$work/casebook.kept" "$state/casebook.db"
wait_for 60 logged 'process=review event=console '
stop_run
