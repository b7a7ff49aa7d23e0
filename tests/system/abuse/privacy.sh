#!/bin/bash
# REVIEW, section 5, checks 50 to 52: what is not kept, who is not known, what is purged. Whatever the
# program writes is searched in its raw bytes: database, WAL, shared memory, backup, register, public pages,
# Redis' dump and log, the program's log.
. "$(dirname "$0")/../lib.sh"
need redis-server
need redis-cli
redis_port=$(free_port)
mkdir "$work/redis"
settings="redis: { url: 'redis://127.0.0.1:$redis_port' }"
start redis redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --appendonly yes
wait_for 30 listening "$redis_port"
. "$root/tests/system/abuse/world.bash"
wait_for 60 grep -q 'event=redis_up' "$work/run.log"
sign_in sari

places() { redis-cli -p "$redis_port" save >/dev/null; echo "$state" "$work/redis" "$work/situs" "$work/run.log" "$work/redis.log" "$work/salinan"; }
search() { python3 "$root/tests/system/abuse/search_bytes.py" "$@"; }
backup() { rm -rf "$work/salinan"; clocked "$saring" backup "$work/salinan" --state "$state" >/dev/null; }
# A word of each kind of field; those of posts that match nothing, of authors, and of what is flagged.
printf '%s\n' zqbersihkannya zqtajukbersih zqalamatbersih >"$work/words.clean"
printf '%s\n' zqpenulisnya zqnamaakun >"$work/words.author"
printf '%s\n' zqmendaftarkannya zqtajukbukti zqkirimanrahasia zqpegangan zqsitusjahat >"$work/words.flagged"

check 50 'teks yang tidak cocok di cakram, WAL, log, core, cadangan / unmatched text in disk, WAL, logs, core, backup' 'program / the running program'
for n in $(seq 40); do
    jq -cn --arg n "$n" '{id: "bersih-\($n)", source: "uji", title: "zqtajukbersih\($n)", text: "pasar pagi zqbersihkannya \($n)", author_name: "zqpenulisnya",
        url: "https://forum-contoh.example/zqalamatbersih/\($n)", published: "2026-11-20T02:07:00Z"}' >&5
done
printf '{"id":"rusak","text":"zqbersihkannya","author_name":\n{"text":5,"author_name":"zqpenulisnya","title":"zqtajukbersih"}\nzqbersihkannya tanpa kurung\n' >&5
flagged=$(jq -cn '{id: "kotor", source: "uji", title: "zqtajukbukti", text: "ujifraud zqmendaftarkannya http://zqsitusjahat.example/masuk", author_name: "zqnamaakun",
    url: "https://forum-contoh.example/@zqpegangan/zqkirimanrahasia", published: "2026-11-20T02:07:00Z"}')
echo "$flagged" >&5
wait_for 60 case_of kotor
id=$(case_of kotor)
list_entry_case=$(flag listed fraud http://daftar-palsu.example/)
propose "$list_entry_case" sari DOMAIN daftar-palsu.example 20d >/dev/null
picture >"$work/before"
backup
held 'nothing of unmatched posts' search "$work/words.clean" $(places)
printf '%s\n' zqpenulisnya >"$work/words.one"
held 'nor of who wrote them' search "$work/words.one" $(places)
! search "$work/words.flagged" $(places) >"$work/found" || fail '50: not even flagged text is found; the search is worth nothing'
grep -q 'casebook.db' "$work/found" || fail '50: the casebook is not searched'
for child in ingest review; do
    child_pid=$(grep -o "event=started child=$child pid=[0-9]*" "$work/run.log" | tail -n 1 | sed 's/.*pid=//')
    held "no core file of $child" [ "$(awk '/Max core file size/ { print $5, $6 }' "/proc/$child_pid/limits")" = '0 0' ]
done
kill -SEGV "$(grep -o 'event=started child=ingest pid=[0-9]*' "$work/run.log" | tail -n 1 | sed 's/.*pid=//')"
lined 'a crash' 1 'child=ingest .*signal=11'
lined 'lines that are none' 1 'event=bad_line'
held 'nor after a crash' search "$work/words.clean" $(places)
[ -z "$(find "$work" "$root" /tmp -maxdepth 1 -name 'core*' -newer "$work/words.clean" 2>/dev/null)" ] || fail '50: a core file'
same
done_check

check 51 'kolom, pencarian, hitungan penulis / author column, search, count' 'skema, pencarian, pemuat aturan / schema, search, rule loader'
held 'no column of any table is of authors' eval '[ -z "$(sqlite3 "$state/casebook.db" .schema | grep -iE "author|penulis|handle|username")" ]'
held 'nothing of them in any byte' search "$work/words.author" "$state" "$work/situs" "$work/run.log" "$work/salinan"
for words in zqnamaakun zqpenulisnya zqkirimanrahasia zqpegangan; do
    held "a search for $words finds nothing" eval '[ -z "$("$saring" review list --all --json --find '"$words"' --state "$state" 2>/dev/null)" ]'
    lacks "$(page sari "/?q=$words")" "/cases/$id" "51: the queue"
done
for path in '/?author=x' '/?source_author=x' '/alike?author=x'; do
    got=$(page sari "$path" -o /dev/null -w '%{http_code}')
    case $got in 400 | 404) tries=$((tries + 1)) ;; *) fail "51: $path: $got" ;; esac
done
mkdir "$work/hitung"
for name in correlation_author correlation_profile claim_author; do
    cli "a rule of $name" 'galat/error' "$saring" rules check "$root/tests/filter/rule/invalid/$name"
done
cp "$root"/tests/filter/rule/invalid/correlation_author/*.yml "$work/rules/"
lined 'the running program' 1 'process=ingest event=rules_not_loaded'
for file in "$root"/tests/filter/rule/invalid/correlation_author/*.yml; do rm "$work/rules/$(basename "$file")"; done
same
done_check

check 52 'penghapusan melewatkan cadangan / purge misses backups' 'jam, cadangan / clock, backup'
lease=$(review claim "$id" sari --json | jq .lease)
review dismiss "$id" sari --lease "$lease" --reason 'Bukan penipuan.' >/dev/null
mark
backup
held 'a backup holds no content, before the purge either' search "$work/words.flagged" "$work/salinan"
# Redis takes no moved clock: each of its keys must end by itself before the purge, and is ended here.
redis() { redis-cli -p "$redis_port" "$@"; }
for key in $(redis --scan); do
    ttl=$(redis ttl "$key")
    held "what Redis keeps ends in time ($ttl s)" [ "$ttl" -gt 0 -a "$ttl" -le $((72 * 3600)) ]
    redis pexpire "$key" 1 >/dev/null
done
wait_for 30 eval '[ -z "$(redis --scan)" ]'
later $((74 * 3600))
state_is() { [ "$(ask "SELECT state FROM cases WHERE id = $1")" = "$2" ]; }
held 'dismissed: purged after 72 hours' wait_for 90 state_is "$id" purged
backup
purged() { search "$work/words.flagged" "$state" "$work/situs" "$work/run.log" "$work/redis.log" "$work/salinan" >"$work/found"; }
purged || fail "52: $(head -n 3 "$work/found")"
held 'no word in any byte, stem or token' purged
held 'nor in Redis' eval 'redis save >/dev/null; redis bgrewriteaof >/dev/null; wait_for 60 search "$work/words.flagged" "$work/redis"'
held 'its row' eval '[ "$(ask "SELECT count(*) FROM log WHERE action = '"'purge'"' AND case_id = $id")" = 1 ]'
add_where 'log audit / audit log'
released
done_check
