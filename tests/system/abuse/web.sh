#!/bin/bash
# REVIEW, section 5, checks 39 to 47: the console over HTTP, as an attacker sees it.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/console_people.bash"
. "$root/tests/system/abuse/abuse.bash"

# A demonstration with its console; the casebook is in $state.
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
# version ID: of a case, as the casebook has it
version() { sqlite3 "$state/casebook.db" "SELECT version || state FROM cases WHERE id = $1"; }
rows_of_log() { sqlite3 "$state/casebook.db" 'SELECT count(*) FROM log'; }
rules_are_kept # from then on no case is void for rules that were not loaded yet
for name in sari rina adit kelola; do sign_in $name; done
id=$(find_case 'data pemilih')
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
before=$(version "$id")

check 39 'CSRF: token dan Origin; GET tidak menulis / CSRF token and Origin; no GET writes' 'konsol / console'
html=$(page sari "/cases/$id")
token=$(field "$html" token) once=$(field "$html" once)
good=(-d action=release -d "version=$(field "$html" version)" -d "lease=$(field "$html" lease)")
other=$(field "$(page rina "/cases/$id")" token)
form() { curl -s -o /dev/null -w '%{http_code}' -b "$work/sari.jar" "$@" "$url/cases/$id/move"; }
http 'no token' 403 form -H "Origin: $url" "${good[@]}" -d "once=$once"
http 'a wrong token' 403 form -H "Origin: $url" "${good[@]}" -d "once=$once" -d "token=${token//[0-9]/a}"
http "another session's token" 403 form -H "Origin: $url" "${good[@]}" -d "once=$once" -d "token=$other"
http 'no Origin' 403 form "${good[@]}" -d "once=$once" -d "token=$token"
for origin in 'http://jahat.example' null "https://${url#http://}" 'http://127.0.0.1' "$url.jahat.example"; do
    http "the Origin $origin" 403 form -H "Origin: $origin" "${good[@]}" -d "once=$once" -d "token=$token"
done
http 'a form in disguise' 415 form -H "Origin: $url" -H 'Content-Type: text/plain' "${good[@]}" -d "once=$once" -d "token=$token"
http 'signing in from another site' 403 status -H 'Origin: http://jahat.example' -d name=sari -d password=x "$url/sign-in"
for path in "/cases/$id/move" "/cases/$id/answer" /rules/try /sign-out; do
    http "GET $path" 405 page sari "$path" -o /dev/null -w '%{http_code}'
done
lined 'forms of elsewhere' 10 'event=form_refused why=not_from_here'
same
done_check

check 40 'IDOR pada setiap id / IDOR on every id' 'konsol, buku kasus / console, casebook'
http 'an approver proposes' 403 page rina "/cases/$id/propose" -o /dev/null -w '%{http_code}'
http 'bytes to sign that are not hers' 403 page sari "/cases/$id/entry.json" -o /dev/null -w '%{http_code}'
http 'bytes for an auditor' 403 page adit "/cases/$id/entry.json" -o /dev/null -w '%{http_code}'
for path in "/cases/$id" "/cases/$id/copies" "/alike/uji-jahat" /entries /appeals; do
    http "the administrator at $path" 403 page kelola "$path" -o /dev/null -w '%{http_code}'
done
for path in "/cases/$id/copies" /alike /entries /urgent /appeals /rules /sources /people /log /measures /wellbeing /keys /count; do
    http "nobody at $path" 303 status "$url$path"
done
for path in /cases/999999 /cases/999999/copies /cases/999999/approve /appeals/999999 /rules/tidak-ada; do
    http "$path" 404 page sari "$path" -o /dev/null -w '%{http_code}'
done
has "$(send rina "/cases/$id" "/cases/$id/move" "${good[@]}")" 303 "another person's claim"
lined 'who has no right' 6 'event=access_refused person=(rina|sari|adit|kelola)'
logged "another person's claim" 1 'release'
same
done_check

check 41 'fiksasi sesi: id baru pada masuk dan faktor kedua / session fixation: new id at login and 2FA' 'konsol / console'
fixed=$(head -c 32 /dev/zero | base64 | tr -d '=' | tr '+/' '-_')
curl -sS -o /dev/null -D "$work/in" -b "__Host-saring=$fixed" -H "Origin: $url" --data-urlencode name=rina \
    --data-urlencode "password=$(cat "$work/rina.pw")" "$url/sign-in"
first=$(sed -n 's/^[Ss]et-[Cc]ookie: __Host-saring=\([^;]*\);.*/\1/p' "$work/in")
[ -n "$first" ] && [ "$first" != "$fixed" ] || fail 'the password keeps the cookie that came'
curl -sS -o /dev/null -D "$work/in2" -b "__Host-saring=$first" -H "Origin: $url" -d "code=$(recovery_of rina)" "$url/sign-in/code"
second=$(sed -n 's/^[Ss]et-[Cc]ookie: __Host-saring=\([^;]*\);.*/\1/p' "$work/in2")
[ -n "$second" ] && [ "$second" != "$first" ] || fail 'the second factor keeps the cookie'
http 'the cookie that was planted' 303 status -b "__Host-saring=$fixed" "$url/people"
http 'the cookie before the second factor' 303 status -b "__Host-saring=$first" "$url/people"
http 'the cookie after it' 200 status -b "__Host-saring=$second" "$url/people"
http 'two cookies of that name' 303 status -b "__Host-saring=$second; __Host-saring=$fixed" "$url/people"
http "a form with the cookie that was planted" 401 status -b "__Host-saring=$fixed" -H "Origin: $url" -d statement=x "$url/people"
lined 'its form' 1 'event=form_refused why=not_signed_in'
lined 'who signed in' 1 'event=signed_in person=rina'
same
done_check

check 43 'menebak sandi dan kode, kode dipakai ulang; pemiliknya tetap masuk / brute force, TOTP replay; no lockout' 'konsol / console'
sign_in rina
curl -sS -o /dev/null -D "$work/in" -H "Origin: $url" --data-urlencode name=rina --data-urlencode "password=$(cat "$work/rina.pw")" "$url/sign-in"
half=$(sed -n 's/^[Ss]et-[Cc]ookie: __Host-saring=\([^;]*\);.*/\1/p' "$work/in")
used=$(oathtool --totp -b "$(cat "$work/rina.totp")" -N "@$(($(cat "$work/rina.step") * 30))")
http 'a code that was used' 403 status -b "__Host-saring=$half" -H "Origin: $url" -d "code=$used" "$url/sign-in/code"
guess() { curl -s -o "$work/guess.out" -w '%{http_code}' -H "Origin: $url" --data-urlencode name=rina -d password=tebakan-ke-$1 "$url/sign-in"; }
slowed=no
for n in $(seq 40); do
    case $(guess "$n") in 303) fail "43: guess $n is let in" ;; 429) slowed=yes ;; esac
    ! grep -qi 'tunggu' "$work/guess.out" || slowed=yes
done
held 'guessing is slowed down' [ $slowed = yes ]
grep -e '^# ' -e saring-device "$work/rina.jar" >"$work/perangkat.jar" # her browser, after the day
owner() { [ "$(curl -sS -b "$work/perangkat.jar" "$url/sign-in" -o /dev/null -w '%{http_code}' -H "Origin: $url" --data-urlencode name=rina --data-urlencode "password=$(cat "$work/rina.pw")")" = 303 ]; }
held 'who signed in here before is not shut out' wait_for 60 owner
sign_in rina
lined 'guesses' 2 'event=(sign_in_failed|sign_in_slowed|second_factor_failed) person=rina'
same
done_check

check 44 'menebak nama pengguna / user enumeration' 'konsol / console'
tried() { # NAME: a wrong password, once the console takes one again; its time in $work/NAME.time
    [ "$(curl -s -o "$work/$1.out" -w '%{time_total} %{http_code}' -H "Origin: $url" --data-urlencode "name=$1" \
        -d password=salah-sekali "$url/sign-in" | tee "$work/$1.time" | cut -d' ' -f2)" = 403 ]
}
held 'a name that is not there' wait_for 60 tried tiada
held 'a name that is' wait_for 60 tried adit
there=$(cut -d' ' -f1 "$work/adit.time") gone=$(cut -d' ' -f1 "$work/tiada.time")
is "$(sed 's/[0-9]//g' "$work/adit.out" | md5sum)" "$(sed 's/[0-9]//g' "$work/tiada.out" | md5sum)" 'the page'
python3 -c "import sys; a, b = map(float, sys.argv[1:]); sys.exit(not (a < 8 * b + .2 and b < 8 * a + .2))" "$there" "$gone" || fail "the time: $there $gone"
lined 'both' 1 'event=sign_in_(failed|slowed) person=unknown'
same
done_check

check 45 'faktor kedua dilewati, kepala identitas palsu / second factor skipped, identity header spoofed' 'konsol / console'
http 'half a sign-in' 303 status -b "__Host-saring=$half" "$url/people"
for header in 'X-Remote-User: sari' 'X-Forwarded-User: sari' 'X-Forwarded-Email: sari' 'Remote-User: sari' 'Authorization: Basic c2FyaTp4' \
    'X-Forwarded-For: 127.0.0.1' 'Forwarded: for=127.0.0.1;by=sari' 'X-Original-URL: /people' 'X-HTTP-Method-Override: POST'; do
    http "$header" 303 status -H "$header" "$url/people"
done
http "a form with half a sign-in" 401 status -b "__Host-saring=$half" -H "Origin: $url" -d statement=x "$url/people"
lined 'its form' 1 'event=form_refused why=not_signed_in'
same
done_check

check 46 'clickjacking, Host, pengalihan terbuka, tembolok / clickjacking, Host, open redirect, cache' 'konsol / console'
for path in / /sign-in /people "/cases/$id" /nothing; do
    head=$(page sari "$path" -i | tr -d '\r' | sed '/^$/q')
    has "$head" 'X-Frame-Options: DENY' "$path"
    has "$head" "frame-ancestors 'none'" "$path"
    has "$head" 'Cache-Control: no-store' "$path"
done
http 'another Host' 421 status -H 'Host: jahat.example' "$url/sign-in"
http 'a form to another Host' 421 status -H 'Host: jahat.example' -H 'Origin: http://jahat.example' -d name=x -d password=y "$url/sign-in"
lacks "$(curl -sI -H "X-Forwarded-Host: jahat.example" "$url/people")" jahat 'X-Forwarded-Host'
for path in '/sign-in?next=//jahat.example' '/?return=http://jahat.example' '/sign-in?said=//jahat.example'; do
    http "$path" 400 status "$url$path"
done
http 'two slashes' 404 status "$url//jahat.example"
http 'who is not signed in is sent on' 303 status "$url/people"
http 'to where they sign in' "$url/sign-in" curl -s -o /dev/null -w '%{redirect_url}' "$url/people"
add_where 'jawaban 4xx / 4xx answers'
same
done_check

check 47 'mass assignment' 'konsol, buku kasus / console, casebook'
for extra in state=approved role=admin is_fresh=1 proposer=rina 'version[]=1' lease_token=1 actor=clock; do
    http "$extra" '400 ' send sari "/cases/$id" "/cases/$id/move" -d action=release -d "$extra"
done
http 'a role' '400 ' send sari /people /people -d statement=x -d organisation=Mitra -d role=admin
http 'two actions' '400 ' send sari "/cases/$id" "/cases/$id/move" -d action=release -d action=dismiss
for action in approve propose list expire void purge lapse flag lodge overturn xyz; do
    send sari "/cases/$id" "/cases/$id/move" -d "action=$action" -d reason=alasan >/dev/null
done

lined 'fields that no form has' 8 'event=form_refused why=bad_request'
logged 'moves that are not theirs' 5 'approve|overturn|list'
same
done_check

# Given back, so that no lease ends while the clock goes on.
done_by sari "/cases/$id" "/cases/$id/move" 'Dikembalikan' -d action=release
check 42 'kuki, diam 15 menit, paling lama 8 jam, keluar di peladen / __Host-, HttpOnly, SameSite=Strict; idle, 8 h, server-side logout' 'konsol / console'
for line in "$(grep -i '^set-cookie: __Host-saring=' "$work/in2")" "$(grep -i '^set-cookie: __Host-saring-device=' "$work/in2")"; do
    for part in 'Path=/' Secure HttpOnly 'SameSite=Strict'; do has "$line" "$part" 'a cookie'; done
    lacks "$line" Domain 'a cookie'
done
cp "$work/adit.jar" "$work/kept.jar"
http 'signing out' 303 send adit / /sign-out
http 'the cookie after signing out' 303 status -b "$work/kept.jar" "$url/people"
sign_in adit
later 600
http 'after ten minutes' 200 status -b "$work/adit.jar" "$url/people"
later 1800
http 'after twenty more' 303 status -b "$work/adit.jar" "$url/people"

http "a form after it" 401 status -b "$work/adit.jar" -H "Origin: $url" -d statement=x "$url/people"
lined 'its form' 1 'event=form_refused why=not_signed_in'
same
done_check

