#!/bin/bash
# What people type on a terminal: passwords, which are not shown, and a proposal asked for bit by
# bit, with answers that are neither yes nor no asked for again.
. "$(dirname "$0")/lib.sh"
need python3
. "$root/tests/system/people.bash"

# typed OUT COMMAND… <ANSWERS
typed() { python3 "$root/tests/system/review_terminal.py" "$@"; }

printf 'Kata sandi sari\tkata sandi panjang sari\nSekali lagi\tkata sandi panjang sari\n' |
    typed "$work/add.out" "$saring" user add sari --org "Tim Siber Contoh" --kind team --state "$state"
lacks "$(cat "$work/add.out")" "sandi panjang" "a password is not shown"
status=0
printf 'Kata sandi tono\tkata sandi panjang tono\nSekali lagi\tkata sandi panjang salah\n' |
    typed "$work/differ.out" "$saring" user add tono --org "Tim Siber Contoh" --kind team --state "$state" || status=$?
is "$status" 2 "two passwords that differ"
lacks "$("$saring" user list --state "$state")" tono "two passwords that differ"
status=0
setsid "$saring" user add budi --org X --kind admin --state "$state" </dev/null 2>"$work/none.log" || status=$?
is "$status" 2 "no terminal to ask on"
has "$(cat "$work/none.log")" "no terminal" "no terminal to ask on"

id=$(flag satu fraud http://kpu-daftar.example/)
echo capture >"$work/capture.html"
tests() { for _ in 1 2 3 4 5 6 7 8; do printf '[ya/tidak]\ttidak\n'; done; }
{
    printf 'Kata sandi sari\tkata sandi panjang sari\nJenis\tentry\nLingkup\tDOMAIN\nSasaran\tKPU-Daftar.example\n'
    printf 'Yang dipanen\tpersonal_data, credentials\nBerakhir\t7d\nBukti\t%s\nDiamati\tnow\nAlasan\t%s\n' "$work/capture.html" "$facts"
    printf '[ya/tidak]\tentahlah\n'
    tests
    printf '[ya/tidak]\ttidak\nKonflik\ttidak ada\nCara lebih ringan\tPelaporan belum dijawab.\n'
} | typed "$work/propose.out" "$saring" review propose "$id" --user sari --state "$state" ||
    fail "$(cat "$work/propose.out")"
has "$(cat "$work/propose.out")" proposed "asked for bit by bit"
proposal=$("$saring" review show "$id" --json --state "$state" | jq -r .proposal)
is "$(jq -c '[.target, .scope, .harvest]' <<<"$proposal")" '["kpu-daftar.example","DOMAIN",["credentials","personal_data"]]' "the proposal"
is "$(jq -r '.evidence[0]' <<<"$proposal")" "$(sha256sum <"$work/capture.html" | cut -d' ' -f1)" "the evidence"

# Coloured for people, plain in a pipe, and as they ask for it.
printf '' | typed "$work/colour.out" env TERM=xterm NO_COLOR= "$saring" review show "$id" --state "$state"
has "$(cat "$work/colour.out")" $'\033[7mVerifikasi\033[27m' "highlighted"
printf '' | typed "$work/plain.out" env NO_COLOR=1 "$saring" review show "$id" --state "$state"
has "$(cat "$work/plain.out")" "[[Verifikasi]]" "NO_COLOR"
echo ok
