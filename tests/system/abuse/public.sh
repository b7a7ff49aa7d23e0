#!/bin/bash
# REVIEW, section 5, checks 48 and 49: tokens of machines, and floods of appeals.
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
token() { clocked "$saring" token "$@" --state "$state"; }

check 48 'lingkup token mesin / API key scope' 'konsol / console'
declare -A opens=([cases:read]=/ [entries:read]=/entries [log:read]=/log [figures:read]=/measures [rules:read]=/rules [sources:read]=/sources)
for scope in "${!opens[@]}"; do
    token make "uji-${scope%%:*}" --scope "$scope" --days 1 --reason 'Uji satu lingkup.' 2>/dev/null | grep -o 'saring_[A-Za-z0-9_-]*' | head -n 1 >"$work/bearer.${scope%%:*}"
done
bearer() { curl -s -o "$work/body" -w '%{http_code}' -H 'Accept: application/json' -H "Authorization: Bearer $(cat "$work/bearer.$1")" "${@:2}"; }
picture >"$work/before"
mark
for scope in "${!opens[@]}"; do
    name=${scope%%:*}
    http "$scope opens its own" 200 bearer "$name" "$url${opens[$scope]}"
    for other in "${!opens[@]}"; do
        [ "$other" = "$scope" ] || http "$scope at ${opens[$other]}" 403 bearer "$name" "$url${opens[$other]}"
    done
    for path in "/cases/$one/move" "/cases/$one/approve" "/cases/$one/answer" /people /sources /rules/try /sign-out; do
        got=$(bearer "$name" -X POST -H "Origin: $url" -d action=remove -d reason='Oleh mesin saja.' "$url$path")
        case $got in 400 | 401 | 403 | 404 | 405) tries=$((tries + 1)) ;; *) fail "48: $scope writes at $path: $got" ;; esac
    done
done
for wrong in 'cases:write' 'cases' '*' 'approve'; do
    cli "the scope $wrong" 'scope|lingkup' token make salah --scope "$wrong" --days 1 --reason 'Uji lingkup.'
done
cli 'for ever' 'days' token make lama --scope cases:read --days 400 --reason 'Uji lingkup.'
printf 'saring_%s' "$(head -c 32 /dev/zero | base64 | tr '+/' '-_' | tr -d '=')" >"$work/bearer.palsu"
http 'a token that is none' 401 bearer palsu "$url/entries"
sed 's/.$/A/' "$work/bearer.entries" >"$work/bearer.ubah"
cmp -s "$work/bearer.ubah" "$work/bearer.entries" && sed -i 's/.$/B/' "$work/bearer.ubah"
http 'a token of another letter' 401 bearer ubah "$url/entries"
http 'a token in the address' 400 status "$url/entries?token=$(cat "$work/bearer.entries")"
token end uji-entries --reason 'Sudah selesai.' >/dev/null
http 'a token that was ended' 401 bearer entries "$url/entries"
! grep -rqaF "$(cat "$work/bearer.entries")" "$state" "$work/run.log" || fail '48: a token is kept as it is'
lined 'what it has no right to' 1 'event=(access_refused|form_refused|token_refused|sign_in_refused)'
same
done_check

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
