#!/bin/bash
# `saring publish` and its guards: --dry-run says name by name what would change and why; whatever
# objects holds back what is new, and what is removed goes.
. "$(dirname "$0")/lib.sh"
need jq
need sqlite3
. "$root/tests/system/people.bash"
start_season
cp -r rules "$work/aturan"
live=$work/srv/lists
mkdir "$work/srv"
# publish STATUS [OPTION…]: with the team's own copy of the rules
publish() {
    local want=$1 status=0
    shift
    clocked "$saring" publish --out "$live" --state "$state" --rules "$work/aturan" "$@" >"$work/out" 2>"$work/said" || status=$?
    is $status "$want" "publish $* ($(cat "$work/said"))"
}
# what SELECT: of the dry run, as "change target by" lines
changes() { jq -r '[.change, .target, (.by | join(","))] | join(" ")' "$work/out"; }
listed() { [ "$(jq -r '.entry | fromjson | .target' "$live/entries.ndjson" | sort | tr '\n' ' ')" = "$1" ] || fail "live: $(cat "$live/entries.ndjson"), not $1"; }

one=$(list_entry satu DOMAIN kpu-daftar.example 20d)
two=$(list_entry dua HOST www.bantuan-palsu.example 20d)

# Before anything is live: all is new, with the reason that was signed; and nothing is made.
publish 0 --dry-run
is "$(changes | sort)" $'added kpu-daftar.example \nadded www.bantuan-palsu.example ' "a first list"
has "$(jq -r 'select(.case == '"$one"').why' "$work/out")" "meminta NIK dan OTP" "why it is added"
has "$(cat "$work/said")" "2 ditambah/added, 0 dicabut/removed, 0 ditahan/held back, 0 tetap/unchanged" "the sum"
[ ! -e "$live" ] || fail "a dry run makes lists"
[ ! -e "$state/list.serial" ] || fail "a dry run takes a serial"
publish 0
publish 0 --dry-run
is "$(changes)" "" "nothing has changed"

# Removed by a person; the wanted list is wanted by another name.
review remove "$one" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
publish 0 --dry-run
is "$(changes)" "removed kpu-daftar.example " "a removal"
has "$(jq -r .why "$work/out")" "it was removed" "why it goes"
listed "kpu-daftar.example www.bantuan-palsu.example "

# A warning list that names what is live and what is new: both are out, and the dry run says by which guard.
three=$(list_entry tiga DOMAIN hadiah-palsu.example 20d)
mkdir "$work/aturan/warnings"
echo '{"name":"Uji","type":"string","list":["bantuan-palsu.example","hadiah-palsu.example"]}' >"$work/aturan/warnings/uji.json"
publish 1 --dry-run
is "$(changes | sort)" $'held hadiah-palsu.example warning\nremoved kpu-daftar.example \nremoved www.bantuan-palsu.example warning' "what a warning list holds back"
rm -r "$work/aturan/warnings"

# Protected later: out at once, and for good once the casebook hears of it.
echo hadiah-palsu.example >"$work/aturan/protected/uji.txt"
publish 1 --dry-run
is "$(changes | sort)" $'held hadiah-palsu.example protected\nremoved kpu-daftar.example ' "what is protected now"
has "$(jq -r 'select(.change == "held").why' "$work/out")" "protected/uji.txt:1" "by which line"
rm "$work/aturan/protected/uji.txt"

# A protected list with a mistake in it holds back what is new; the removal goes through.
echo 'bukan nama' >"$work/aturan/protected/uji.txt"
publish 1 --dry-run
is "$(changes | sort)" $'held hadiah-palsu.example unreadable\nremoved kpu-daftar.example ' "with a mistake in a list"
publish 1
has "$(cat "$work/said")" "uji.txt:1" "which list has a mistake"
listed "www.bantuan-palsu.example "
rm "$work/aturan/protected/uji.txt"
publish 0
listed "hadiah-palsu.example www.bantuan-palsu.example "

# What is live and can't be read counts for nothing: it is made anew.
echo '<html>' >"$live/saring.csv"
publish 0
has "$(cat "$work/said")" "what is live can't be read" "a broken live list"
listed "hadiah-palsu.example www.bantuan-palsu.example "

# A token that is none of ours confirms nothing, and is no error where nothing is held.
publish 0 --confirm 0123456789abcdef
# What the public register does not tell of yet is in no list.
reach=$(sqlite3 "$state/casebook.db" "SELECT value FROM meta WHERE name = 'register'")
[ "$reach" = "$(sqlite3 "$state/casebook.db" 'SELECT max(seq) FROM log')" ] || fail "the register lags behind the log"
sqlite3 "$state/casebook.db" "UPDATE meta SET value = 1 WHERE name = 'register'"
publish 1 --dry-run
is "$(changes | sort)" $'removed hadiah-palsu.example register\nremoved www.bantuan-palsu.example register' "what the register does not tell of"
sqlite3 "$state/casebook.db" "UPDATE meta SET value = $reach WHERE name = 'register'"
publish 0 --dry-run
is "$(changes)" "" "the register as it was"

list_entry empat DOMAIN undian-palsu.example 2d >/dev/null
publish 0
ahead=$((3 * 24 * 3600))
publish 0 --dry-run
is "$(changes)" "removed undian-palsu.example " "an entry at its end"
has "$(jq -r .why "$work/out")" "time is over" "why it goes"
echo ok
