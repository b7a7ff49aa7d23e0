#!/bin/bash
# REVIEW, section 5: the abuse checks that belong to HTTP, each against a running console with people
# signed in: refused, logged, nothing changed. Prints a line for each.
. "$(dirname "$0")/lib.sh"
. tests/system/console_people.bash

ok() { echo "$1 $2 ok"; }
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
# version ID: of a case, as the casebook has it
version() { sqlite3 "$state/casebook.db" "SELECT version || state FROM cases WHERE id = $1"; }
rows() { sqlite3 "$state/casebook.db" 'SELECT count(*) FROM log'; }
# logged WHAT COUNT: that many lines of the log say it
logged() { [ "$(grep -c "$1" "$work/run.log")" -ge "$2" ] || fail "[$1] is logged less than $2 times"; }

for name in sari tono rina adit kelola; do sign_in $name; done
id=$(find_case 'data pemilih')
before=$(version "$id")
html=$(page sari "/cases/$id")
good=(-d action=claim -d "version=$(field "$html" version)")
token=$(field "$html" token) once=$(field "$html" once)

# 06, 07: whoever has no rights on cases, or none any more.
is "$(send kelola /people "/cases/$id/move" "${good[@]}")" '403 ' 'an administrator moves a case'
is "$(send adit "/cases/$id" "/cases/$id/move" "${good[@]}")" '403 ' 'an auditor moves a case'
is "$(version "$id")" "$before" 'the case'
ok 06 'an administrator approves'
"$saring" user disable tono --reason 'Pindah tugas.' --state "$state" >/dev/null
is "$(page tono / -o /dev/null -w '%{redirect_url}')" '' 'the queue of a demonstration is open'
lacks "$(page tono /)" '<bdi>tono</bdi>' 'who was disabled'
is "$(page tono /people -o /dev/null -w '%{redirect_url}')" "$url/sign-in" 'a page of who was disabled'
ok 07 'role revoked mid-session'

# 35: stored XSS. Everything that comes from outside, hostile, on every page that shows it.
evil='"><script>window.touched=1</script><img src=x onerror=touched=1> javascript:touched=1 '$'\xe2\x80\xae'
verdict jahat fraud 'http://jahat.example/' | jq -c --arg e "$evil" '.post.title = $e | .post.text = ("Verifikasi " + $e) |
    .post.source = "uji" | .post.url = "javascript:touched=1" | .rules[0].title = $e | .rules[0].description = $e |
    .rules[0].evidence[0].publisher = $e | .rules[0].evidence[0].url = "javascript:touched=1" |
    .rules[0].spans = [{field: "text", start: 0, end: 14, text: "Verifikasi \"><"}]' >"$work/verdict.json"
is "$("$seed" "$state" <"$work/verdict.json")" opened 'a hostile post'
bad=$(sqlite3 "$state/casebook.db" 'SELECT max(id) FROM cases')
done_by sari "/cases/$bad" "/cases/$bad/move" 'Diambil' -d action=claim
done_by sari "/cases/$bad" "/cases/$bad/move" 'Ditahan' -d action=hold --data-urlencode 'reason="><script>touched=1</script>'
done_by sari /people /people 'tercatat' --data-urlencode 'statement="><script>touched=1</script> tidak ada'
send sari /rules /rules/try --data-urlencode "text=$evil" >/dev/null
cp "$work/sent.html" "$work/page.try"
for path in / "/cases/$bad" "/cases/$bad/copies" /alike "/alike/uji-jahat" /people /log "/?page=2"; do page sari "$path" >"$work/page.$(echo "$path" | tr -c 'a-z0-9\n' _)"; done
for file in "$work"/page.*; do
    lacks "$(grep -o '<script[^>]*>' "$file" | grep -v '^<script type="module" src="/app-[0-9a-f]*.js">$' || true)" '<' "scripts in $file"
    lacks "$(grep -oiE '<[a-z][^>]* on[a-z]+=' "$file" || true)" '<' "handlers in $file"
    lacks "$(grep -oiE '(href|src|action)="javascript' "$file" || true)" 'javascript' "javascript: in $file"
    lacks "$(cat "$file")" $'\xe2\x80\xae' "an override in $file"
done
has "$(cat "$work/page._cases_$bad")" '&lt;script&gt;window.touched=1' 'the post is text'
has "$(page sari / -i)" "script-src 'self'; connect-src 'self'" 'the policy'
lacks "$(page sari / -i)" 'unsafe' 'the policy'
ok 35 'stored XSS'

# 37: log injection, NUL, bad UTF-8.
lines=$(wc -l <"$work/run.log")
is "$(status -H "Origin: $url" --data-urlencode $'name=x\nlevel=error event=palsu' -d password=y "$url/sign-in")" 403 'a name of two lines'
is "$(status -H "Origin: $url" -d 'name=a%00b&password=y' "$url/sign-in")" 400 'a NUL'
is "$(status -H "Origin: $url" -d 'name=%ff%fe&password=y' "$url/sign-in")" 400 'bad UTF-8'
is "$(status -H "Origin: $url" -d 'name=%zz&password=y' "$url/sign-in")" 400 'bad encoding'
is "$(status -A $'x' "$url/%0d%0aSet-Cookie:x")" 404 'a line end in an address'
lacks "$(cat "$work/run.log")" palsu 'the log'
has "$(send sari "/cases/$id" "/cases/$id/move" -d action=claim --data-urlencode $'reason=satu\x0bdua')" 303 'a control code'
[ "$(wc -l <"$work/run.log")" -ge "$lines" ] || fail 'the log was cut'
ok 37 'log injection, NUL, bad UTF-8'

# 38: SQL.
count=$(rows)
for name in "' OR 1=1 --" "sari'; DROP TABLE people; --" 'sari" OR "1"="1'; do
    is "$(status -H "Origin: $url" --data-urlencode "name=$name" -d password=y "$url/sign-in")" 403 "the name $name"
done
for path in "/cases/1'" '/cases/1%20OR%201=1' "/?class=fraud'" '/?page=1;DROP' "/rules/x'--" "/alike/x'--"; do
    case $(page sari "$path" -o /dev/null -w '%{http_code}') in 400 | 404) ;; *) fail "$path" ;; esac
done
id2=$(find_case 'undian')
done_by sari "/cases/$id2" "/cases/$id2/move" 'Diambil' -d action=claim
done_by sari "/cases/$id2" "/cases/$id2/move" 'Dilepas' -d action=dismiss --data-urlencode "reason='); DELETE FROM log; --"
has "$(page sari "/cases/$id2")" '&#39;); DELETE FROM log; --' 'the reason is text'
[ "$(rows)" -gt "$count" ] || fail 'the log'
ok 38 SQL

# 39: CSRF: token and Origin; nothing is written by a GET.
before=$(version "$id")
html=$(page sari "/cases/$id")
token=$(field "$html" token) once=$(field "$html" once)
good=(-d action=release -d "version=$(field "$html" version)" -d "lease=$(field "$html" lease)")
other=$(field "$(page rina "/cases/$id")" token)
form() { curl -s -o /dev/null -w '%{http_code}' -b "$work/sari.jar" "$@" "$url/cases/$id/move"; }
is "$(form -H "Origin: $url" "${good[@]}" -d "once=$once")" 403 'no token'
is "$(form -H "Origin: $url" "${good[@]}" -d "once=$once" -d "token=${token//[0-9]/a}")" 403 'a wrong token'
is "$(form -H "Origin: $url" "${good[@]}" -d "once=$once" -d "token=$other")" 403 "another session's token"
is "$(form "${good[@]}" -d "once=$once" -d "token=$token")" 403 'no Origin'
for origin in 'http://jahat.example' null "https://${url#http://}" 'http://127.0.0.1' "$url.jahat.example"; do
    is "$(form -H "Origin: $origin" "${good[@]}" -d "once=$once" -d "token=$token")" 403 "the Origin $origin"
done
is "$(form -H "Origin: $url" -H 'Content-Type: text/plain' "${good[@]}" -d "once=$once" -d "token=$token")" 415 'a form in disguise'
is "$(status -H 'Origin: http://jahat.example' -d name=sari -d password=x "$url/sign-in")" 403 'signing in from another site'
for path in "/cases/$id/move" "/cases/$id/answer" /rules/try /sign-out; do
    is "$(page sari "$path" -o /dev/null -w '%{http_code}')" 405 "GET $path"
done
is "$(version "$id")" "$before" 'the case'
logged 'event=form_refused why=not_from_here' 10
ok 39 'CSRF token, Origin, no GET writes'

# 40: IDOR: every id, asked by those who have no right to it.
is "$(page rina "/cases/$id/propose" -o /dev/null -w '%{http_code}')" 403 'an approver proposes'
is "$(page sari "/cases/$id/entry.json" -o /dev/null -w '%{http_code}')" 403 'bytes to sign that are not hers'
is "$(page adit "/cases/$id/entry.json" -o /dev/null -w '%{http_code}')" 403 'bytes for an auditor'
for path in "/cases/$id" "/cases/$id/copies" "/alike/uji-jahat" /entries /appeals; do
    is "$(page kelola "$path" -o /dev/null -w '%{http_code}')" 403 "the administrator at $path"
done
for path in "/cases/$id/copies" /alike /entries /urgent /appeals /rules /sources /people /log /measures /wellbeing /keys /count; do
    is "$(status "$url$path")" 303 "nobody at $path"
done
for path in /cases/999999 /cases/999999/copies /cases/999999/approve /appeals/999999 /rules/tidak-ada; do
    is "$(page sari "$path" -o /dev/null -w '%{http_code}')" 404 "$path"
done
is "$(page rina "/cases/$id/approve" -o /dev/null -w '%{http_code}')" 200 'the page of a case without a proposal'
has "$(send rina "/cases/$id" "/cases/$id/move" "${good[@]}")" 303 "another person's claim"
is "$(version "$id")" "$before" 'the case'
ok 40 'IDOR on every id'

# 41: session fixation.
fixed=$(head -c 32 /dev/zero | base64 | tr -d '=' | tr '+/' '-_')
curl -sS -o /dev/null -D "$work/in" -b "__Host-saring=$fixed" -H "Origin: $url" --data-urlencode name=rina \
    --data-urlencode "password=$(cat "$work/rina.pw")" "$url/sign-in"
first=$(sed -n 's/^[Ss]et-[Cc]ookie: __Host-saring=\([^;]*\);.*/\1/p' "$work/in")
[ -n "$first" ] && [ "$first" != "$fixed" ] || fail 'the password keeps the cookie that came'
curl -sS -o /dev/null -D "$work/in2" -b "__Host-saring=$first" -H "Origin: $url" -d "code=$(recovery_of rina)" "$url/sign-in/code"
second=$(sed -n 's/^[Ss]et-[Cc]ookie: __Host-saring=\([^;]*\);.*/\1/p' "$work/in2")
[ -n "$second" ] && [ "$second" != "$first" ] || fail 'the second factor keeps the cookie'
is "$(status -b "__Host-saring=$fixed" "$url/people")" 303 'the cookie that was planted'
is "$(status -b "__Host-saring=$first" "$url/people")" 303 'the cookie before the second factor'
is "$(status -b "__Host-saring=$second" "$url/people")" 200 'the cookie after it'
is "$(status -b "__Host-saring=$second; __Host-saring=$fixed" "$url/people")" 303 'two cookies of that name'
ok 41 'session fixation'

# 43: a code counts once; guessing is slowed down, and who signed in before is not locked out.
sign_in rina
curl -sS -o /dev/null -D "$work/in" -H "Origin: $url" --data-urlencode name=rina --data-urlencode "password=$(cat "$work/rina.pw")" "$url/sign-in"
half=$(sed -n 's/^[Ss]et-[Cc]ookie: __Host-saring=\([^;]*\);.*/\1/p' "$work/in")
used=$(oathtool --totp -b "$(cat "$work/rina.totp")" -N "@$(($(cat "$work/rina.step") * 30))")
is "$(status -b "__Host-saring=$half" -H "Origin: $url" -d "code=$used" "$url/sign-in/code")" 403 'a code that was used'
ok 43 'TOTP replay'

# 44: a name that is there and one that is not are answered alike.
tried() { # NAME: a wrong password, once the console takes one again; its time in $work/NAME.time
    [ "$(curl -s -o "$work/$1.out" -w '%{time_total} %{http_code}' -H "Origin: $url" --data-urlencode "name=$1" \
        -d password=salah-sekali "$url/sign-in" | tee "$work/$1.time" | cut -d' ' -f2)" = 403 ]
}
wait_for 60 tried tiada
wait_for 60 tried adit
there=$(cut -d' ' -f1 "$work/adit.time") gone=$(cut -d' ' -f1 "$work/tiada.time")
is "$(sed 's/[0-9]//g' "$work/adit.out" | md5sum)" "$(sed 's/[0-9]//g' "$work/tiada.out" | md5sum)" 'the page'
python3 -c "import sys; a, b = map(float, sys.argv[1:]); sys.exit(not (a < 8 * b + .2 and b < 8 * a + .2))" "$there" "$gone" || fail "the time: $there $gone"
ok 44 'user enumeration'

# 45: the password alone opens nothing; what a header says of who somebody is counts for nothing.
is "$(status -b "__Host-saring=$half" "$url/people")" 303 'half a sign-in'
for header in 'X-Remote-User: sari' 'X-Forwarded-User: sari' 'X-Forwarded-Email: sari' 'Remote-User: sari' 'Authorization: Basic c2FyaTp4' \
    'X-Forwarded-For: 127.0.0.1' 'Forwarded: for=127.0.0.1;by=sari' 'X-Original-URL: /people' 'X-HTTP-Method-Override: POST'; do
    is "$(status -H "$header" "$url/people")" 303 "$header"
done
ok 45 'second factor skipped, identity header spoofed'

# 46: framing, names, redirects, caches.
for path in / /sign-in /people "/cases/$id" /nothing; do
    head=$(page sari "$path" -i | tr -d '\r' | sed '/^$/q')
    has "$head" 'X-Frame-Options: DENY' "$path"
    has "$head" "frame-ancestors 'none'" "$path"
    has "$head" 'Cache-Control: no-store' "$path"
done
is "$(status -H 'Host: jahat.example' "$url/sign-in")" 421 'another Host'
is "$(status -H 'Host: jahat.example' -H 'Origin: http://jahat.example' -d name=x -d password=y "$url/sign-in")" 421 'a form to another Host'
lacks "$(curl -sI -H "X-Forwarded-Host: jahat.example" "$url/people")" jahat 'X-Forwarded-Host'
for path in '/sign-in?next=//jahat.example' '/?return=http://jahat.example' '/sign-in?said=//jahat.example'; do
    is "$(status "$url$path")" 400 "$path"
done
is "$(status "$url//jahat.example")" 404 'two slashes'
is "$(status "$url/people")" 303 'who is not signed in is sent on'
is "$(curl -s -o /dev/null -w '%{redirect_url}' "$url/people")" "$url/sign-in" 'to where they sign in'
ok 46 'clickjacking, Host, open redirect, cache'

# 47: mass assignment: a field that the form does not have refuses it.
before=$(version "$id")
for extra in state=approved role=admin is_fresh=1 proposer=rina 'version[]=1' lease_token=1 actor=clock; do
    is "$(send sari "/cases/$id" "/cases/$id/move" -d action=release -d "$extra")" '400 ' "$extra"
done
is "$(send sari /people /people -d statement=x -d organisation=Mitra -d role=admin)" '400 ' 'a role'
is "$(send sari "/cases/$id" "/cases/$id/move" -d action=release -d action=dismiss)" '400 ' 'two actions'
for action in approve propose list expire void purge lapse flag lodge overturn xyz; do
    send sari "/cases/$id" "/cases/$id/move" -d "action=$action" -d reason=alasan >/dev/null
done
is "$(version "$id" | tr -cd a-z)" "$(echo "$before" | tr -cd a-z)" 'the state'
ok 47 'mass assignment'

# 42: cookies: their attributes, signing out at the server, 15 idle minutes, 8 hours in all.
for line in "$(grep -i '^set-cookie: __Host-saring=' "$work/in2")" "$(grep -i '^set-cookie: __Host-saring-device=' "$work/in2")"; do
    for part in 'Path=/' Secure HttpOnly 'SameSite=Strict'; do has "$line" "$part" 'a cookie'; done
    lacks "$line" Domain 'a cookie'
done
cp "$work/adit.jar" "$work/kept.jar"
is "$(send adit / /sign-out)" "303 $url/sign-in" 'signing out'
is "$(status -b "$work/kept.jar" "$url/people")" 303 'the cookie after signing out'
sign_in adit
stop_run() { kill "$pid"; wait "$pid" 2>/dev/null || true; }
pid=${started[-1]}
# later SECONDS: the same console, so much later; a cookie is of its host, whatever the port
later() {
    stop_run
    : >"$work/run.log"
    # Not under faketime itself, which passes no signal on.
    start run env "$(faketime -f +0s env | grep '^LD_PRELOAD=')" FAKETIME="+$1s" "$saring" run -c "$work/saring.yml"
    wait_for 60 grep -q 'console: http' "$work/run.log"
    url=$(sed -n 's|.*\(http://[^ ]*[0-9]\)/.*|\1|p' "$work/run.log" | tail -n 1)
}
later 600
is "$(status -b "$work/adit.jar" "$url/people")" 200 'after ten minutes'
later 1800
is "$(status -b "$work/adit.jar" "$url/people")" 303 'after twenty more'
ok 42 '__Host-, HttpOnly, SameSite, idle, sign-out at the server'
