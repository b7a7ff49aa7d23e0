# A season whose sources are all hostile but one: what can be read of each is read, the others are
# given up with a reason, and none of them holds up the good one or harms the process.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

serve() { # serve NAME: sets $pid and $served, its port
    start "$1" python3 "$root/tests/feeds/hostile.py" "$work/$1.requests" "$marker"
    wait_for 10 grep -qE '^[0-9]+$' "$work/$1.log"
    served=$(head -1 "$work/$1.log")
}
serve server
fast=$served
serve slow
slow=$served
one_rule
configure
source_of() { echo "  - { id: $1, kind: ${4:-rss}, url: 'http://127.0.0.1:$2$3', organisation: Contoh, allow_private: true }"; }
readable="nuls mixed unclosed bytes claims-utf16 bomb-beside deep brackets"
refused="endless gzip-bomb br-bomb headers short bad-gzip loop metadata elsewhere file password page entity-bomb 404"
{
    echo "sources:"
    for name in $refused $readable good; do source_of "$name" "$fast" "/$name"; done
    for name in trickle silent; do source_of "$name" "$slow" "/$name"; done
    source_of tls "$fast" /ok | sed "s/http:/https:/"
} >"$work/sources.yml"
start_season
run
wait_for 90 flagged_is 11
for name in tls endless gzip-bomb headers short bad-gzip loop metadata elsewhere file password 404 trickle silent; do
    wait_for 90 logged "event=source_failed source=$name "
done
for name in page deep brackets; do
    wait_for 30 logged "event=source_unreadable source=$name "
done
alive ingest || fail "ingest did not live through it"
peak=$(awk '/VmHWM/ { print $2 }' "/proc/$(child ingest)/status")
[ "$peak" -lt 400000 ] || fail "ingest took $peak KiB"
is "$(grep -c 'event=started child=ingest' "$work/run.log")" 1 "ingest's starts"
lacks "$(cat "$work/run.log")" "$marker" "the log holds a post's words"
stop_run
printf '%s\n' good-0 good-1 good-2 nuls mixed unclosed bytes claims beside deep brackets >"$work/want"
flagged_are "$work/want"
