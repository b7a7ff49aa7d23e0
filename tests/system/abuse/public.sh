#!/bin/bash
# REVIEW, section 5, check 49: floods of appeals at the public pages.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"

proposed satu kpu-daftar.example
answered rina
approval rina >/dev/null
one=$id
proposed dua hadiah-palsu.example
answered rina
approval rina >/dev/null
two=$id
check 49 'banjir banding tidak menjatuhkan banding pertama / an appeal flood never drops a first appeal' 'halaman publik / public pages'
appeal() { status --data-urlencode "case=$1" --data-urlencode "ground=${2:-Domain ini milik koperasi kami; data apa pun tidak pernah diminta di situ.}" "$public/banding"; }
flood() { for n in $(seq 150); do appeal "$1" "Banjir nomor $n: cabut saja entri ini sekarang juga, kami tidak suka." >>"$work/flood.$2"; echo >>"$work/flood.$2"; done; }
held 'the first about a case' [ "$(appeal "$one")" = 200 ]
flood "$one" a &
first=$!
flood 999999 b &
second=$!
wait_for 60 test -s "$work/flood.a"
held 'a first appeal in the midst of it' wait_for 60 eval '[ "$(appeal "$two")" = 200 ]'
held 'suspends' eval '[ "$(ask "SELECT state FROM entries WHERE case_id = $two")" = suspended ]'
wait $first $second
held 'the flood decides nothing' eval '[ "$(ask "SELECT count(*) FROM appeals WHERE case_id = $two AND state = '"'lodged'"'")" = 1 ]'
held 'further ones wait for the panel, or are turned away' eval '[ "$(ask "SELECT count(*) FROM appeals WHERE case_id = $one AND state = '"'lodged'"'")" = 1 ]'
held 'and are bounded' eval '[ "$(ask "SELECT count(*) FROM appeals")" -le 120 ]'
grep -qE '^(429|422|409|503)$' "$work/flood.a" "$work/flood.b" || fail '49: the flood met no bound'
add_where 'jawaban 4xx, log audit / 4xx answers, audit log'
held 'their rows' eval '[ "$(ask "SELECT count(*) FROM log WHERE action IN ('"'lodge', 'refused'"')")" -ge 2 ]'
released
done_check
