#!/bin/bash
# The 52 abuse checks of REVIEW, section 5, against running servers, as a table: build/abuse.md. Each part
# of tests/system/abuse is a world of its own; two run at a time. `tests/long/abuse.sh targets time` runs
# those alone, and makes no table.
set -u
cd "$(dirname "$0")/../.."
parts=tests/system/abuse
logs=build/logs
export ABUSE_ROWS=$PWD/build/abuse
mkdir -p "$logs" "$ABUSE_ROWS"
if [ $# = 0 ]; then
    set -- $(ls $parts/*.sh | sed 's|.*/||; s|\.sh$||')
    rm -f "$ABUSE_ROWS"/[0-9]*
    all=yes
fi
one() { timeout 280 bash "tests/system/abuse/$1.sh" >"build/logs/abuse_$1.log" 2>&1 </dev/null; echo $? >"build/logs/abuse_$1.status"; }
export -f one
printf '%s\n' "$@" | xargs -P 2 -I{} bash -c 'one {}'
{
    echo '| no | yang dicoba / what is tried | percobaan / tries | ditolak oleh / refused by | tercatat di / logged in | keadaan tetap / state unchanged | hasil / result |'
    echo '|---|---|---|---|---|---|---|'
    for number in $(seq 52); do cat "$ABUSE_ROWS/$number" 2>/dev/null || echo "| $number | | | | | | **tidak dijalankan / not run** |"; done
} >build/abuse.md
[ -z "${all:-}" ] || cat build/abuse.md
failed=0
for part; do
    status=$(cat "$logs/abuse_$part.status")
    case $status in
    0) ;;
    77) skipped=yes; echo "skip $part: $(tail -n 1 "$logs/abuse_$part.log")" ;;
    *) failed=1; echo "FAIL $part (exit $status)"; tail -n 40 "$logs/abuse_$part.log"; grep -a '^FAIL' "$logs/abuse_$part.log" ;;
    esac
done
# A part that cannot be run here says why above, and its checks are missing from the table.
[ -z "${all:-}" ] || [ -n "${skipped:-}" ] || ! grep -q 'not run' build/abuse.md || failed=1
exit $failed
