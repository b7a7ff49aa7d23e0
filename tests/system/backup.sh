#!/bin/bash
# A backup holds no content of cases, in no byte of any file; restored, the log is whole, what is in force is in
# force, people sign in, and nothing can be put over a casebook that is there.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/people.bash"
start_season
id=$(list_entry satu DOMAIN kpu-daftar.example 7d)
open=$(flag dua fraud http://bansos-palsu.example/)
grep -rqa "Verifikasi NIK untuk pemilih" "$state" || fail "the casebook holds what was flagged"
start holder sqlite3 "$state/casebook.db" "SELECT count(*) FROM cases" # others may read meanwhile
"$saring" backup "$work/salinan" --state "$state"
is "$(stat -c %a "$work/salinan")" 700 "the folder's mode"
is "$(stat -c %a "$work/salinan/casebook.db")" 600 "the file's mode"
for words in "Verifikasi NIK" contoh-forum.example bansos-palsu.example; do
    ! grep -rqaF -- "$words" "$work/salinan" || fail "content is in the backup: $words"
done
status=0
"$saring" backup "$work/salinan" --state "$state" 2>"$work/twice" || status=$?
is $status 2 "a folder that is there"
"$saring" backup restore "$work/salinan" --state "$state" 2>"$work/over" || status=$?
is $status 2 "over a casebook"
has "$(cat "$work/over")" "already" "over a casebook"
"$saring" backup restore "$work/salinan" --state "$work/lain"
"$saring" audit verify --state "$work/lain" >"$work/verified"
has "$("$saring" export rpz --state "$work/lain")" "kpu-daftar.example CNAME" "what is in force"
is "$("$saring" review list --all --json --state "$work/lain" | jq -r "select(.id == $id).state")" listed "the case"
is "$("$saring" review list --all --json --state "$work/lain" | jq -r "select(.id == $open).state")" flagged "the open case"
"$saring" review show "$open" --state "$work/lain" >"$work/shown"
"$saring" user list --state "$work/lain" | grep -q rina || fail "no people"
is "$("$saring" user check sari --password-file "$work/sari.pw" --state "$work/lain")" none "sari signs in"
state=$work/lain review remove "$id" rina --reason 'Situsnya sudah ditutup penyedianya.' >/dev/null
lacks "$("$saring" export rpz --state "$work/lain")" "kpu-daftar.example CNAME" "removed in the restored one"
# A copy that was changed is not put anywhere.
sqlite3 "$work/salinan/casebook.db" "DROP TRIGGER log_no_update; UPDATE log SET actor = 'x' WHERE seq = 2"
"$saring" backup restore "$work/salinan" --state "$work/palsu" 2>"$work/changed" || status=$?
is $status 2 "a changed copy"
[ ! -e "$work/palsu/casebook.db" ] || fail "a changed copy was put there"
echo ok
