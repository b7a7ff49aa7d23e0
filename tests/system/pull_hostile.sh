#!/bin/bash
# saring-pull against servers and networks that mean ill: what it is made of, a server that dawdles,
# one that is rolled back behind a witness, removals that are held back or half broken, a memory that
# was tampered with, a consumer that can't be reloaded.
. "$(dirname "$0")/lib.sh"
need jq
need python3
need readelf
need nm
. "$root/tests/system/people.bash"
pull=$root/build/saring-pull
[ -x "$pull" ] || skip "build/saring-pull is not built: make"

# 1. On a resolver: no engine, no casebook, no console, no database, no regular expressions.
needed=$(readelf -d "$pull" | sed -n 's/.*NEEDED.*\[\(lib[a-z0-9]*\).*/\1/p' | sort | tr '\n' ' ')
for library in $needed; do
    case $library in
    libc | libcurl | libidn2 | libjansson | libnettle | libpsl | libsodium | libutf8proc | libm) ;;
    *) fail "saring-pull needs $library" ;;
    esac
done
symbols=$(nm "$pull" | sed -n 's/^[0-9a-f]* [TtDdBb] //p')
for part in casebook_ console_ pipeline_ verdict_ feeds_ cli_ sqlite3_ pcre2_ rule_set rule_engine rule_automaton blocklist_warnings; do
    ! grep -q "^$part" <<<"$symbols" || fail "saring-pull holds $(grep -m 1 "^$part" <<<"$symbols")"
done

start_season
entry=$(list_entry satu DOMAIN kpu-daftar.example 20d)
list_entry dua HOST www.bantuan-palsu.example 20d >/dev/null
web=$work/web
mkdir -p "$web" "$work/pins" "$work/etc"
cp "$work/musim.json" "$work/pins/season.json"
season=$(sha256sum <"$work/pins/season.json" | cut -d' ' -f1)
publish() { "$saring" publish --out "$web/lists" --state "$state" >/dev/null 2>&1 || [ $? = 1 ]; }
publish
cp "$state/list.pub" "$work/pins/list.pub"
port=$(free_port)
start web python3 -W ignore -m http.server -b 127.0.0.1 -d "$web" "$port"
wait_for 30 listening "$port"
now() { date -u -d "${1:-now}" +%FT%TZ; }
# removals JQ [SIGNER]: what the independent organisation says, altered by JQ
removals() {
    jq -ncSj --arg made "$(now)" --arg until "$(now '+6 days')" --arg season "$season" \
        '{entries: [], made: $made, season: $season, type: "saring-removals-1", valid_until: $until}' | jq -cSj "$1" \
        >"$web/removals.json"
    sign "${2:-rina}" "$web/removals.json"
}
removals .
# run STATUS [OPTION…]; what it said is in $said
run() {
    local status=0 want=$1
    shift
    clocked "$pull" --install hosts --dir "$work/etc" --pins "$work/pins" --state "$work/pull" "$@" >"$work/pull.log" 2>&1 || status=$?
    said=$(cat "$work/pull.log")
    [ $status = "$want" ] || fail "saring-pull $* exits $status instead of $want: $said"
}
fetch() {
    local want=$1
    shift
    run "$want" "http://127.0.0.1:$port/lists" --removals "http://127.0.0.1:$port/removals.json" "$@"
}
blocked() { grep -v '^#' "$work/etc/saring.hosts" | awk 'NF { print $2 }' | sort -u | tr '\n' ' '; }
fetch 0
is "$(blocked)" "kpu-daftar.example www.bantuan-palsu.example " "a first list"

# 2. A server that takes the connection and says nothing: the timer's run goes on beside it.
cat >"$work/dawdle.py" <<'P'
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(8)
held = []
while True:
    held.append(s.accept())
P
slow=$(free_port)
start dawdle python3 "$work/dawdle.py" "$slow"
wait_for 30 listening "$slow"
start waiting "$pull" "http://127.0.0.1:$slow/lists" --removals "http://127.0.0.1:$slow/removals.json" \
    --install hosts --dir "$work/etc" --pins "$work/pins" --state "$work/pull"
waiting=$pid
connected() { ss -Htnp 2>/dev/null | grep ":$slow" | grep -q "pid=$waiting,"; }
if command -v ss >/dev/null; then wait_for 30 connected; fi
ahead=$((25 * 3600))
run 0 --lapse
kill -0 "$waiting" || fail "the slow server was given up before the timer ran: $(cat "$work/waiting.log")"
is "$(blocked)" "" "past its end, while a server dawdles"
kill "$waiting"
wait "$waiting" 2>/dev/null || true
ahead=0
rm -rf "$work/pull"
fetch 0

# 3. A witness: what the independent organisation saw is not undone by an older list, nor by another
# log under that serial, not even on a machine that remembers nothing.
cp -rL "$web/lists" "$work/older"
wait_later() { [ "$(date +%s)" -gt "$(jq .serial "$work/older/manifest.json")" ]; }
wait_for 10 wait_later
review remove "$entry" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
publish
seen=$(jq -c '{head, serial}' "$web/lists/manifest.json")
removals ". + {seen: $seen}"
target=$(readlink -f "$web/lists")
rm -rf "$work/pull"
fetch 0
is "$(blocked)" "www.bantuan-palsu.example " "what the witness saw"
mv "$target" "$work/newer"
cp -r "$work/older" "$target"
rm -rf "$work/pull"
fetch 1
has "$said" "which the independent organisation saw" "a server that shows us an older list"
is "$(blocked)" "" "an older list than the witness saw"
rm -rf "$target" "$work/pull"
mv "$work/newer" "$target"
removals ". + {seen: ($seen | .head = \"$(printf '%064d' 1)\")}"
fetch 1
has "$said" "of another log" "a server with two logs"
removals .
rm -rf "$work/pull"
fetch 0

# 4. Removals: over, half broken, of nobody.
id=$(jq -r '.entry' "$web/lists/entries.ndjson" | head -n 1 | tr -d '\n' | sha256sum | cut -d' ' -f1)
removals ".valid_until = \"$(now '-1 hour')\""
fetch 0
has "$said" "held back" "removals past the end that their organisation gave them"
ahead=$((25 * 3600))
run 0 --lapse
is "$(blocked)" "" "a day of such removals"
ahead=0
rm -rf "$work/pull"
removals .
fetch 0
removals ".entries = [\"$id\", \"bukan\"]"
fetch 0
has "$said" "hold 1 values" "a removal beside what is none"
is "$(blocked)" "" "the removal in it"
removals .
fetch 0
is "$(blocked)" "" "a removal stays removed"

# 5. A memory that somebody wrote into is in doubt as a whole: nothing is blocked.
rm -rf "$work/pull"
fetch 0
is "$(blocked)" "www.bantuan-palsu.example " "anew"
jq -cSj '.serial = "x"' "$work/pull/pull.json" >"$work/memory"
cp "$work/memory" "$work/pull/pull.json"
fetch 1
has "$said" "pull.json" "which file is in doubt"
is "$(blocked)" "" "with a memory that is none"
rm -rf "$work/pull"
fetch 0

# 6. A consumer whose own configuration is broken: what is over goes all the same.
ahead=$((25 * 3600))
run 2 --lapse --check 'exit 1'
is "$(blocked)" "" "past its end, with a checker that says no"
run 0 --lapse --check true
ahead=0
rm -rf "$work/pull"
fetch 0

# 7. Pins that are no pins.
cp "$work/pins/season.json" "$work/season"
jq -cSj '(.organisations[] | select(.role == "independent").keys) = [.organisations[] | select(.role == "team").keys[0]]' \
    "$work/season" >"$work/pins/season.json"
fetch 1
has "$said" "names one key twice" "a season in which one person is two"
is "$(blocked)" "" "with such pins"
cp "$work/season" "$work/pins/season.json"
rm -rf "$work/pull"
fetch 0
has "$said" "1 entri/entries" "at the end all is well"
echo ok
