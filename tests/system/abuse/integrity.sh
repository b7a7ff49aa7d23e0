#!/bin/bash
# REVIEW, section 5, checks 28 to 32: the log, its witness, signatures, the register, the client.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"
. "$root/tests/system/abuse/client.bash"

proposed satu kpu-daftar.example
answered rina
approval rina >/dev/null
one=$id
proposed dua hadiah-palsu.example
answered rina
approval rina >/dev/null
two=$id
cp "$work/$two.json.sig" "$work/dua.sig"
old=$work/state.lama
copy_state "$old"
"$saring" export all --out "$work/lists.lama" --state "$state" >/dev/null 2>&1 || true
next_second() { [ "$(date +%s)" -gt "$old_second" ]; }
old_second=$(date +%s)
wait_for 10 next_second # serials are seconds: what comes now is newer
review remove "$one" rina --reason 'Situs sudah dimatikan registrar.' >/dev/null
is "$(in_force)" 'daftar: DOMAIN hadiah-palsu.example' 'one was removed'
clocked "$saring" audit head --state "$state" >"$work/kepala.json"
wait_for 60 test -s "$state/audit.head"

check 28 'log diubah, dipotong, diurutkan ulang: daftar kosong / log edited, cut, reordered: lists are empty' 'ekspor, audit verify, peladen / export, audit verify, server'
off='DROP TRIGGER log_no_update; DROP TRIGGER log_no_delete; DROP TRIGGER log_in_order;'
n=0
# attacked LABEL SQL: a copy of the state with that done to its log
attacked() {
    n=$((n + 1))
    copy_state "$work/state.$n"
    sqlite3 "$work/state.$n/casebook.db" "$off $2"
    (
        state=$work/state.$n
        status=0
        "$saring" export rpz --state "$state" >"$work/$n.rpz" 2>"$work/export.err" || status=$?
        is "$status" 1 "$1: an export"
        lacks "$(cat "$work/$n.rpz")" CNAME "$1: a list"
        has "$(cat "$work/$n.rpz")" 'dikosongkan / emptied' "$1: a list"
        cli "$1" 'edited|missing|cut|written anew|does not' "$saring" audit verify --state "$state"
    ) || exit 1
    tries=$((tries + 2))
}
attacked 'a row edited' "UPDATE log SET actor = 'gita' WHERE action = 'approve'"
attacked 'a detail edited' "UPDATE log SET detail = replace(detail, 'kpu-daftar', 'kpu-dafter')"
attacked 'the removal cut off' "DELETE FROM log WHERE seq >= (SELECT min(seq) FROM log WHERE action = 'remove')"
attacked 'the removal cut out' "DELETE FROM log WHERE action = 'remove'"
attacked 'the first row cut out' 'DELETE FROM log WHERE seq = 1'
attacked 'two rows exchanged' 'UPDATE log SET seq = -1 WHERE seq = 2; UPDATE log SET seq = 2 WHERE seq = 3; UPDATE log SET seq = 3 WHERE seq = -1'
attacked 'a time changed' 'UPDATE log SET time_ms = time_ms - 1 WHERE seq = 5'
attacked 'a hash changed' 'UPDATE log SET hash = zeroblob(32) WHERE seq = 5'
attacked 'a row put in' "UPDATE log SET seq = seq + 1000 WHERE seq > 9; INSERT INTO log SELECT 10, time_ms, 'rina', 'list', 1, '{}', hash FROM log WHERE seq = 9; UPDATE log SET seq = seq - 999 WHERE seq > 1000"
told 'an export' "$work/export.err" 'emptied|dikosongkan|kosong'
cli 'an edit past the triggers' 'append-only' sqlite3 "$state/casebook.db" "UPDATE log SET actor = 'x' WHERE seq = 2"
cli 'a cut past the triggers' 'append-only' sqlite3 "$state/casebook.db" 'DELETE FROM log WHERE seq = 2'
same
done_check

check 29 'kembali ke salinan lama, terhadap saksi / rollback against a witness' 'audit verify, ekspor, saring-pull'
copy_state "$work/state.mundur"
(
    state=$work/state.mundur
    rm -f "$state"/casebook.db-*
    cp "$old/casebook.db" "$state/casebook.db" # the head that was published beside it stays
    cli 'a witness verifies it' 'cut|anew|does not hold|tidak memuat' "$saring" audit verify --head "$work/kepala.json" --state "$state"
    cli 'the head beside it' '.' "$saring" audit verify --state "$state"
    [ -z "$(in_force)" ] || fail '29: an old copy is listed'
    rm "$state/audit.head" # and without it: the outside witness still knows
    cli 'without its head' 'cut|anew|does not hold|tidak memuat' "$saring" audit verify --head "$work/kepala.json" --state "$state"
) || exit 1
tries=$((tries + 4))
start_web
fetch 0
is "$(blocked)" 'hadiah-palsu.example ' 'the client has the list of now'
mv "$web/lists" "$work/lists.now"
cp -r "$work/lists.lama" "$web/lists"
held 'a client takes no older list' fetch 1
told 'the client' "$work/pull.err" 'older|lama|serial|emptied|dikosongkan|no new list'
held 'and does not block again' eval '! blocked | grep -q kpu-daftar'
rm -r "$web/lists"
mv "$work/lists.now" "$web/lists"
same
done_check

check 30 'tanda tangan dipakai ulang / signature replay' 'buku kasus / casebook'
again=$(flag ulang fraud http://undian-palsu.example/)
propose "$again" sari DOMAIN undian-palsu.example 20d >/dev/null
id=$again
answered rina
picture >"$work/before"
use() { review approve "$again" rina --signature "$1" --conflict 'tidak ada'; }
cli 'of another case' 'does not fit' use "$work/dua.sig"
cli 'of the season' 'does not fit' use "$work/musim.json.sig"
ssh-keygen -q -Y sign -n git -f "$work/rina" <"$work/$again.json" >"$work/git.sig" 2>/dev/null
cli 'of another namespace' 'namespace' use "$work/git.sig"
sign tono "$work/$again.json"
cli "a reviewer's" 'another key|fit' use "$work/$again.json.sig"
sign rina "$work/$again.json"
cp "$work/$again.json.sig" "$work/sebelum.sig"
same
review return "$again" rina --reason 'Rekaman kurang jelas.' >/dev/null
propose "$again" sari DOMAIN undian-palsu.example 19d >/dev/null
review answer "$again" rina --answers "$no" >/dev/null
picture >"$work/before"
cli 'of the form that was returned' 'does not fit' use "$work/sebelum.sig"
cli 'of an entry that was removed' '.' review approve "$one" rina --signature "$work/$one.json.sig" --conflict 'tidak ada'
logged 'refusals' 6 'does not fit'
same
copy_state "$work/state.ganti"
(
    state=$work/state.ganti # the file's owner puts the removed entry back with its own signatures
    sqlite3 "$state/casebook.db" "UPDATE entries SET state = 'active', end_ms = end_ms + 864000000; UPDATE cases SET state = 'listed' WHERE id = $one"
    [ "$(in_force)" = 'daftar: DOMAIN hadiah-palsu.example' ] || [ -z "$(in_force)" ] || fail '30: a state that was written into the file lists'
) || exit 1
tries=$((tries + 1))
done_check

check 31 'tanpa baris register / no register row' 'ekspor / export'
held 'every entry has one' eval '[ "$(ask "SELECT count(*) FROM entries WHERE case_id NOT IN (SELECT case_id FROM register)")" = 0 ]'
cli 'a row that is taken out' 'append-only' sqlite3 "$state/casebook.db" "DELETE FROM register WHERE case_id = $two"
cli 'a row that is edited' 'append-only' sqlite3 "$state/casebook.db" "UPDATE register SET json = '{}' WHERE case_id = $two"
copy_state "$work/state.register"
(
    state=$work/state.register
    sqlite3 "$state/casebook.db" "DROP TRIGGER register_no_delete; DELETE FROM register; UPDATE meta SET value = 1 WHERE name = 'register'"
    status=0
    "$saring" publish --out "$work/lists.tanpa" --state "$state" --rules "$work/rules" >"$work/export.out" 2>"$work/publish.err" || status=$?
    is $status 1 '31: what is published without its row'
    ! grep -rq hadiah-palsu "$work/lists.tanpa/" || fail '31: an entry without a row is published'
) || exit 1
tries=$((tries + 1))
"$saring" publish --out "$work/lists.tanpa" --state "$work/state.register" --rules "$work/rules" --dry-run >"$work/export.err" 2>&1 || true
told 'publish' "$work/export.err" 'register'
same
done_check

check 32 'berkas satu tanda tangan di klien; dua kunci dari peladen; pencabutan ditahan / one-signature file at the client; both keys of the server; removal held back' 'saring-pull'
# From here on the server has the list's key and lies; seasons, people and removals are the others'.
new_key peladen
key() { cut -d' ' -f1,2 "$work/$1.pub"; }
jq -cSj --arg server "$(key peladen)" '(.organisations[] | select(.role == "team").keys) += [$server]' "$work/musim.json" >"$work/pins/season.json"
pinned_season=$(sha256sum <"$work/pins/season.json" | cut -d' ' -f1)
cp "$work/peladen.pub" "$work/pins/list.pub"
rm -rf "$work/pull" "$web/lists"
mkdir "$web/lists"
removals
serial=$(date +%s)
lie() { # REVIEWER APPROVER HOURS [JQ]: one entry signed by both, in a list that the server signs
    local base
    base=$(($(date +%s) - 10))
    serial=$((serial + 1))
    jq -ncSj --arg season "$pinned_season" --arg start "$(date -u -d "@$base" +%FT%TZ)" --arg stop "$(date -u -d "@$((base + $3 * 3600))" +%FT%TZ)" \
        --arg observed "$(now -600)" --arg reason "$facts" --arg hash "$(printf '%064d' 7)" '{case: 7, class: "fraud", end: $stop, evidence: [$hash],
          harvest: ["personal_data"], observed: $observed, reason: $reason, record: $hash, scope: "DOMAIN", season: $season, start: $start,
          target: "bohong.example", type: "saring-entry-1"}' | jq -cSj "${4:-.}" >"$work/e"
    sign "$1" "$work/e"; mv "$work/e.sig" "$work/e.one"
    sign "$2" "$work/e"; mv "$work/e.sig" "$work/e.two"
    jq -cSn --rawfile entry "$work/e" --arg rk "$(key "$1")" --arg ak "$(key "$2")" --rawfile one "$work/e.one" --rawfile two "$work/e.two" \
        '{approver: {key: $ak, signature: $two}, entry: $entry, reviewer: {key: $rk, signature: $one}}' | jq -cS "${5:-.}" >"$web/lists/entries.ndjson"
    jq -ncSj --arg sha "$(sha256sum <"$web/lists/entries.ndjson" | cut -d' ' -f1)" --argjson bytes "$(stat -c %s "$web/lists/entries.ndjson")" \
        --arg made "$(now)" --arg until "$(now 80000)" --argjson serial $serial --arg zero "$(printf '%064d' 0)" \
        '{demo: false, files: [{bytes: $bytes, format: "entries", name: "entries.ndjson", sha256: $sha}], head: $zero, made: $made,
          serial: $serial, type: "saring-manifest-1", valid_until: $until}' >"$web/lists/manifest.json"
    sign peladen "$web/lists/manifest.json"
}
# denied LABEL SAYS LIE…: the client takes the list, and not that entry
denied() {
    local label=$1 says=$2
    shift 2
    lie "$@"
    fetch 0 || fetch 1 || fail "32, $label: $(cat "$work/pull.err")"
    told "$label" "$work/pull.err" "$says"
    lacks "$(blocked)" bohong.example "32, $label"
    tries=$((tries + 1))
}
denied 'one signature twice' 'approver|reviewer|key' tono tono 200
denied "the server's key for the approver's" 'server|approver' tono peladen 200
denied "the approver's key for both" 'reviewer' rina rina 200
denied 'no second signature' 'approver|signature|member' tono rina 200 . 'del(.approver)'
denied 'an empty second signature' 'signature' tono rina 200 . '.approver.signature = ""'
denied 'another class' 'class' tono rina 200 '.class = "claim"'
denied 'longer than 30 days' '30 days' tono rina 800
denied 'provisional by two keys of the server' 'server|key' peladen peladen 24
denied 'provisional, the second on the server' 'server' tono peladen 24
denied 'provisional for longer than 24 hours' '24 hours|approver' peladen tono 25
lie tono rina 200
fetch 0
has "$(blocked)" bohong.example 'a list of two signatures'
removals "$(sha256sum <"$work/e" | cut -d' ' -f1)"
held 'a removal that the server holds back' fetch 0
lacks "$(blocked)" bohong.example '32: removed by the independent organisation'
removals
lie tono rina 200
cp "$web/removals.json" "$work/removals.kept"
rm "$web/removals.json"
ahead=$((25 * 3600))
fetch 1 || fetch 0
held 'removals that are kept from the client for a day' eval '[ -z "$(blocked)" ]'
ahead=0
same
done_check
