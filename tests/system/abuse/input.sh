#!/bin/bash
# REVIEW, section 5, checks 35, 37 and 38: what comes from outside, on pages, in the log and in queries.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/console_people.bash"
. "$root/tests/system/abuse/abuse.bash"

# A demonstration with its console; the casebook is in $state.
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
# version ID: of a case, as the casebook has it
version() { sqlite3 "$state/casebook.db" "SELECT version || state FROM cases WHERE id = $1"; }
rows_of_log() { sqlite3 "$state/casebook.db" 'SELECT count(*) FROM log'; }
rules_are_kept # from then on no case is void for rules that were not loaded yet
for name in sari; do sign_in $name; done
id=$(find_case 'data pemilih')

evil='"><script>window.touched=1</script><img src=x onerror=touched=1> javascript:touched=1 '$'\xe2\x80\xae'
verdict jahat fraud 'http://jahat.example/' | jq -c --arg e "$evil" '.post.title = $e | .post.text = ("Verifikasi " + $e) |
    .post.source = "uji" | .post.url = "javascript:touched=1" | .rules[0].title = $e | .rules[0].description = $e |
    .rules[0].evidence[0].publisher = $e | .rules[0].evidence[0].url = "javascript:touched=1" |
    .rules[0].spans = [{field: "text", start: 0, end: 14, text: "Verifikasi \"><"}]' >"$work/verdict.json"
is "$("$seed" "$state" <"$work/verdict.json")" opened "a hostile post"
bad=$(sqlite3 "$state/casebook.db" 'SELECT max(id) FROM cases')
done_by sari "/cases/$bad" "/cases/$bad/move" 'Diambil' -d action=claim
done_by sari "/cases/$bad" "/cases/$bad/move" 'Ditahan' -d action=hold --data-urlencode 'reason="><script>touched=1</script>'
done_by sari /people /people 'tercatat' --data-urlencode 'statement="><script>touched=1</script> tidak ada'
send sari /rules /rules/try --data-urlencode "text=$evil" >/dev/null
cp "$work/sent.html" "$work/page.try"

check 35 'XSS tersimpan: kiriman, URL, judul, catatan, aturan, rentang, bidi; CSP / stored XSS: post, URL, title, note, rule, span edge, bidi; CSP' 'halaman / pages'
"$saring" register --out "$work/situs" --state "$state" >/dev/null 2>&1
for file in "$work"/situs/*.html; do cp "$file" "$work/page.situs.$(basename "$file")"; done
for path in / "/cases/$bad" "/cases/$bad/copies" /alike "/alike/uji-jahat" /people /log "/?page=2"; do page sari "$path" >"$work/page.$(echo "$path" | tr -c 'a-z0-9\n' _)"; done
for file in "$work"/page.*; do
    lacks "$(grep -o '<script[^>]*>' "$file" | grep -v '^<script type="module" src="/app-[0-9a-f]*.js">$' || true)" '<' "scripts in $file"
    lacks "$(grep -oiE '<[a-z][^>]* on[a-z]+=' "$file" || true)" '<' "handlers in $file"
    lacks "$(grep -oiE '(href|src|action)="javascript' "$file" || true)" 'javascript' "javascript: in $file"
    lacks "$(cat "$file")" $'\xe2\x80\xae' "an override in $file"
    tries=$((tries + 1))
done
has "$(cat "$work/page._cases_$bad")" '&lt;script&gt;window.touched=1' 'the post is text'
has "$(page sari / -i)" "script-src 'self'; connect-src 'self'" 'the policy'
lacks "$(page sari / -i)" 'unsafe' 'the policy'
odd=$(curl -s -o "$work/page.odd" -w '%{http_code}' -b "$work/sari.jar" "$url/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
case $odd in 200 | 400) ;; *) fail "35: a search answers $odd" ;; esac
lacks "$(cat "$work/page.odd")" '<script>alert' '35: a search'
http 'a field with mark-up that no form has' 400 send sari "/cases/$bad" "/cases/$bad/move" --data-urlencode "<script>=$evil" -d action=claim
lined 'a form with it' 1 'event=form_refused why=bad_request'
same
done_check

check 37 'penyisipan ke log, NUL, UTF-8 rusak / log injection, NUL, bad UTF-8' 'konsol, log / console, log'
lines=$(wc -l <"$work/run.log")
http 'a name of two lines' 403 status -H "Origin: $url" --data-urlencode $'name=x\nlevel=error event=palsu' -d password=y "$url/sign-in"
http 'a NUL' 400 status -H "Origin: $url" -d 'name=a%00b&password=y' "$url/sign-in"
http 'bad UTF-8' 400 status -H "Origin: $url" -d 'name=%ff%fe&password=y' "$url/sign-in"
http 'bad encoding' 400 status -H "Origin: $url" -d 'name=%zz&password=y' "$url/sign-in"
http 'a line end in an address' 404 status -A $'x' "$url/%0d%0aSet-Cookie:x"
lacks "$(cat "$work/run.log")" palsu 'the log'
http 'a control code in a reason' 303 send sari "/cases/$id" "/cases/$id/move" -d action=hold --data-urlencode $'reason=satu\x0bdua'
for reason in $'ya \xff\xfe tidak' $'\x1b[2J bersih' $'ya \xe2\x80\xa8 tidak'; do
    status=0
    "$saring" user disable tono --reason "$reason" --state "$state" >"$work/try.out" 2>&1 || status=$?
    [ $status != 0 ] || { [ "$("$saring" audit show --json --state "$state" | tail -n 1 | jq -r .action)" = disable ] || fail "37: a row of a reason"; }
    tries=$((tries + 1))
done
is "$("$saring" audit show --json --state "$state" | jq -c . | wc -l)" "$(sqlite3 "$state/casebook.db" 'SELECT count(*) FROM log')" '37: a row is a line'
"$saring" audit verify --state "$state" >/dev/null
[ "$(wc -l <"$work/run.log")" -ge "$lines" ] || fail 'the log was cut'
lined 'forms of such bytes' 3 'event=form_refused why=bad_request'
! grep -qvaE '^(time=20[^ ]* level=(debug|info|warn|error) process=|konsol / console: )' "$work/run.log" || fail '37: a line of the log is none of ours'
same
done_check

check 38 'SQL' 'konsol, buku kasus / console, casebook'
count=$(rows_of_log)
for name in "' OR 1=1 --" "sari'; DROP TABLE people; --" 'sari" OR "1"="1'; do
    http "the name $name" 403 status -H "Origin: $url" --data-urlencode "name=$name" -d password=y "$url/sign-in"
done
for path in "/cases/1'" '/cases/1%20OR%201=1' "/?class=fraud'" '/?page=1;DROP' "/rules/x'--" "/alike/x'--"; do
    case $(page sari "$path" -o /dev/null -w '%{http_code}') in 400 | 404) tries=$((tries + 1)) ;; *) fail "$path" ;; esac
done
for words in "' OR 1=1 --" 'a" OR "b' 'NEAR(' '*' '-' 'col:x' '"'; do
    "$saring" review list --all --find "$words" --state "$state" >"$work/found.out" 2>&1 || [ $? = 1 ] || fail "38: a search for $words: $(cat "$work/found.out")"
    tries=$((tries + 1))
done
lined 'names of accounts' 3 'event=sign_in_(failed|slowed)'
same
done_check

id2=$(find_case 'undian')
done_by sari "/cases/$id2" "/cases/$id2/move" 'Diambil' -d action=claim
done_by sari "/cases/$id2" "/cases/$id2/move" 'Dilepas' -d action=dismiss --data-urlencode "reason='); DELETE FROM log; --"
has "$(page sari "/cases/$id2")" '&#39;); DELETE FROM log; --' 'the reason is text'
[ "$(rows_of_log)" -gt "$count" ] || fail '38: the log'
