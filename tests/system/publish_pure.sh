#!/bin/bash
# A list is a pure function of the log and the clock: at one frozen moment the same bytes from the same
# log, whether signatures are verified for the first time or were before, from a restored copy, and with
# a record of verified signatures that is damaged or another casebook's. An old row that was edited is a
# broken log, whatever is remembered; a signature that does not fit is out either way.
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
    TZ=UTC at_time "$moment" "$saring" export all --out "$work/lists.$1" --state "$work/state.$1" 2>>"$work/render.log" ||
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
copy short
truncate -s 40 "$work/state.short/$record"
same short
copy empty
: >"$work/state.empty/$record"
same empty
# One bit of it flipped, its hashes in another order, and another casebook's.
copy bit
python3 - "$work/state.bit/$record" <<'P'
import sys
bytes_ = bytearray(open(sys.argv[1], "rb").read())
bytes_[-1] ^= 1
open(sys.argv[1], "wb").write(bytes_)
P
same bit
copy shuffled
python3 - "$work/state.shuffled/$record" <<'P'
import sys
data = open(sys.argv[1], "rb").read()
head = len("saring-verified-2\\n")
tags = [data[i:i + 32] for i in range(head, len(data), 32)]
open(sys.argv[1], "wb").write(data[:head] + b"".join(reversed(tags)))
P
same shuffled
copy foreign
head -c 32 /dev/urandom >"$work/other.key"
python3 - "$work/state.foreign/$record" "$work/other.key" "$work/state.foreign/casebook.db" <<'P'
import hashlib, sqlite3, sys
key = open(sys.argv[2], "rb").read()
def keyed(key, part):
    return hashlib.blake2b(len(part).to_bytes(8, "little") + part, key=key, digest_size=32).digest()
derived = keyed(key, b"saring-verified")
rows = sqlite3.connect(sys.argv[3]).execute("SELECT hash FROM log").fetchall()
tags = sorted(keyed(derived, row[0] if isinstance(row[0], bytes) else bytes.fromhex(row[0])) for row in rows)
open(sys.argv[1], "wb").write(b"saring-verified-2\n" + b"".join(tags))
P
same foreign

# An old row edited beneath a warm record, its hash left as it was, or made to fit: both are a broken
# chain, whatever is remembered, and the list is empty.
unlocked() {
    for trigger in $(sqlite3 "$1" "SELECT name FROM sqlite_master WHERE type = 'trigger'"); do sqlite3 "$1" "DROP TRIGGER $trigger"; done
}
empty() {
    local status=0
    TZ=UTC at_time "$moment" "$saring" export all --out "$work/lists.$1" --state "$work/state.$1" 2>>"$work/render.log" || status=$?
    [ $status = 1 ] || fail "a broken log gives exit $status ($1)"
    lacks "$(cat "$work/lists.$1/saring.rpz")" CNAME "a name in a list of a broken log ($1)"
    [ ! -s "$work/lists.$1/entries.ndjson" ] || fail "entries of a broken log ($1)"
}
listed="(SELECT min(seq) FROM log WHERE action = 'list')"
edited() {
    copy "$1"
    unlocked "$work/state.$1/casebook.db"
    sqlite3 "$work/state.$1/casebook.db" "$2"
    empty "$1"
}
edited target "UPDATE log SET detail = replace(detail, 'kpu-daftar.example', 'kpu-dafter.example') WHERE seq = $listed"
edited time "UPDATE log SET time_ms = time_ms + 1 WHERE seq = $listed"
edited cut "DELETE FROM log WHERE seq = $listed + 1"
edited removal "UPDATE log SET action = 'refused' WHERE action = 'remove'"
edited hash "UPDATE log SET hash = zeroblob(32) WHERE seq = $listed"

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
