#!/bin/bash
# A list is a pure function of the log and the clock: at one frozen moment the same bytes from the same
# log, whether signatures are verified for the first time or were before, from a restored copy, and with
# a record of verified signatures that is damaged or another casebook's. A signature that does not fit
# is out either way.
. "$(dirname "$0")/lib.sh"
need sqlite3
. "$root/tests/system/people.bash"

start_season
list_entry satu DOMAIN kpu-daftar.example 20d >/dev/null
list_entry dua HOST www.bantuan-palsu.example 20d >/dev/null
list_entry tiga URL 'http://berkas.example/apk/kpu.apk?unduh=1' 20d >/dev/null
removed=$(list_entry empat DOMAIN undian-palsu.example 20d)
review remove "$removed" rina --reason 'Penyedia hosting menutup situsnya.' >/dev/null
record=casebook.db.verified
"$saring" export csv --state "$state" >"$work/first.csv" # makes the list's key
[ -s "$state/$record" ] || fail "nothing was remembered"
rm -f "$state/list.serial"
sqlite3 "$state/casebook.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null

moment=$(date -u -d '+1 hour' '+%F %T')
# render NAME: everything, from the copy of the state of that name, with the clock standing still
render() {
    TZ=UTC faketime -f "$moment" "$saring" export all --out "$work/lists.$1" --state "$work/state.$1" 2>>"$work/render.log" ||
        fail "could not render $1: $(tail -n 3 "$work/render.log")"
}
# same NAME: as the first time, byte for byte
same() {
    render "$1"
    diff -r "$work/lists.cold" "$work/lists.$1" >"$work/diff" || fail "$1: $(head -n 5 "$work/diff")"
}
copy() { cp -r "$state" "$work/state.$1"; }

copy cold
rm "$work/state.cold/$record"
render cold
grep -q 'kpu-daftar.example CNAME' "$work/lists.cold/saring.rpz" || fail "nothing is listed"
lacks "$(cat "$work/lists.cold/saring.rpz")" undian-palsu "a removed name"
cmp -s "$work/state.cold/$record" "$state/$record" || fail "what was remembered is not what was verified"
copy warm
same warm
# A copy through SQLite's own backup, as one restores it.
mkdir "$work/state.restored"
sqlite3 "$state/casebook.db" ".backup $work/state.restored/casebook.db"
cp "$state"/casebook.db.key "$state"/list.key "$state"/list.pub "$state"/audit.head "$work/state.restored/"
same restored
copy damaged
head -c 100000 /dev/urandom >"$work/state.damaged/$record"
same damaged
copy cut
truncate -s 40 "$work/state.cut/$record"
same cut
copy empty
: >"$work/state.empty/$record"
same empty

# A log with a signature that does not fit, chained anew as its owner can: the entry is out, and a
# record that remembers the true one does not help it.
copy forged
db=$work/state.forged/casebook.db
for trigger in $(sqlite3 "$db" "SELECT name FROM sqlite_master WHERE type = 'trigger'"); do sqlite3 "$db" "DROP TRIGGER $trigger"; done
python3 - "$db" <<'P'
import hashlib, json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
before, forged = None, False
rows = db.execute("SELECT seq, time_ms, actor, action, case_id, detail, hash FROM log ORDER BY seq").fetchall()
def text(value):
    return json.dumps(value, ensure_ascii=False)
def digest(row, detail, before):
    seq, time, actor, action, case, _, _ = row
    return hashlib.sha256(('{"action":%s,"actor":%s,"case":%d,"detail":%s,"prev":"%s","seq":%d,"time":%d}'
        % (text(action), text(actor), case, detail, before, seq, time)).encode()).hexdigest()
before = "0" * 64
for row in rows:
    assert digest(row, row[5], before) == (row[6].hex() if isinstance(row[6], bytes) else row[6]), "the chain is read wrongly"
    before = row[6].hex() if isinstance(row[6], bytes) else row[6]
before = "0" * 64
for row in rows:
    detail = row[5]
    if row[3] == "list" and not forged:
        read = json.loads(detail)
        read["json"] = read["json"].replace("kpu-daftar.example", "kpu-dafter.example")
        detail = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        forged = True
    before = digest(row, detail, before)
    db.execute("UPDATE log SET detail = ?, hash = ? WHERE seq = ?",
               (detail, bytes.fromhex(before) if isinstance(row[6], bytes) else before, row[0]))
assert forged
db.commit()
P
rm -f "$work/state.forged/audit.head"
render forged || true
lacks "$(cat "$work/lists.forged/saring.rpz")" kpu-dafter "an entry whose signature does not fit"
has "$(cat "$work/lists.forged/saring.rpz")" www.bantuan-palsu.example "the others of that log"
echo ok
