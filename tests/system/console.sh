#!/bin/bash
# The console answers GET and HEAD, and nothing else gets through it: methods, hosts, paths, paging,
# languages, JSON, headers, limits.
. "$(dirname "$0")/lib.sh"
need curl
need jq
. tests/system/console_site.bash

status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
json() { curl -fsS -H 'Accept: application/json' "$@"; }

# Reading; what writes is tests/system/abuse/web.sh.
is "$(status "$url/")" 200 'the queue'
is "$(status -I "$url/")" 200 'HEAD'
is "$(curl -sI "$url/" | tr -d '\r' | sed -n 's/^Content-Length: //p')" \
    "$(curl -s "$url/" | wc -c)" 'HEAD says the length of the GET'
for method in PUT PATCH DELETE TRACE CONNECT BREW; do
    case $(status -X $method "$url/cases/1") in
    405 | 400) ;;
    *) fail "$method is answered" ;;
    esac
done
is "$(curl -si -X OPTIONS --request-target '*' "$url/" | tr -d '\r' | sed -n 's/^HTTP.1.1 //p; s/^Allow: //p' | tr '\n' ' ')" \
    '204 No Content GET, HEAD, POST, OPTIONS ' 'what may be asked at all'
has "$(curl -si -X POST -d a=b "$url/")" 'Allow: GET, HEAD, OPTIONS' 'a POST is told what is allowed'
is "$(status -X POST -d a=b "$url/cases/1")" 405 'a POST to a page'
is "$(head -c 30000000 /dev/zero | status -X POST --data-binary @- "$url/")" 405 'a POST of 30 MB'

# Whom it answers.
is "$(status -H 'Host: rebind.example' "$url/")" 421 'another name'
is "$(status -H 'Host: rebind.example' "$url/healthz")" 421 'another name, health'
is "$(status -H "Host: localhost:${url##*:}" "$url/")" 200 localhost
is "$(status -H 'Host;' "$url/")" 421 'an empty Host'

# Where there is something.
is "$(curl -fsS "$url/healthz")" ok health
is "$(status "$url/cases/999999")" 404 'no such case'
is "$(status "$url/admin")" 404 'no such page'
is "$(status "$url/?class=opinion")" 400 'a fourth class'
is "$(status "$url/?author=x")" 400 'no search by author'
is "$(status "$url/?page=0")" 400 'page 0'
is "$(status "$url/?$(head -c 2000 /dev/zero | tr '\0' a)")" 414 'a long address'
is "$(json "$url/cases/999999" 2>/dev/null || curl -s -H 'Accept: application/json' "$url/cases/999999" | jq -r .error)" \
    not_found 'an error as JSON'
has "$(curl -s "$url/cases/999999")" '<h1>Tidak ada di sini</h1>' 'an error page'

# Headers of every kind of answer.
style=$(curl -fsS "$url/" | grep -o '/style-[0-9a-f]*\.css')
for target in / /cases/1 /healthz /nothing "$style"; do
    headers=$(curl -si "$url$target" | tr -d '\r' | sed '/^$/q')
    for header in "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'" \
        'X-Content-Type-Options: nosniff' 'Referrer-Policy: same-origin' 'X-Frame-Options: DENY'; do
        has "$headers" "$header" "headers of $target"
    done
    lacks "$headers" Set-Cookie "headers of $target"
    [ "$target" = "$style" ] || has "$headers" 'Cache-Control: no-store' "headers of $target"
done
has "$(curl -sI "$url$style")" 'Cache-Control: public, max-age=31536000, immutable' 'the style sheet'

# Languages: Indonesian unless asked otherwise.
has "$(curl -fsS "$url/")" '<html lang="id">' 'no language asked for'
has "$(curl -fsS -H 'Accept-Language: en-GB,en' "$url/")" '<html lang="en">' 'English by the browser'
has "$(curl -fsS -H 'Accept-Language: en' "$url/?lang=id")" '<html lang="id">' 'the address counts more'
has "$(curl -fsS "$url/")" 'Contoh: belum ada musim pemilihan' 'no season: a demonstration'
is "$(json "$url/" | jq '[.items[].demo] | all')" true 'no season: demo cases'

# Paging: 25 a page, oldest first, none twice, none left out.
is "$(json "$url/" | jq '.items | length')" 25 'the first page'
is "$(json "$url/" | jq .has_more)" true 'there is a second page'
ids=$(for page in 1 2 3; do json "$url/?page=$page" | jq -r '.items[].id'; done)
is "$(echo "$ids" | sort -n | uniq -d)" '' 'a case on two pages'
is "$(json "$url/?page=3" | jq .has_more)" false 'the last page'
is "$(json "$url/?page=9" | jq '.items | length')" 0 'a page behind the last'
total=$(echo "$ids" | wc -l)
is "$total" 62 'cases: 60 posts, one of five near-copies, one long post'
opened=$(for page in 1 2 3; do json "$url/?page=$page" | jq -r '.items[].opened'; done)
is "$(echo "$opened" | sort)" "$opened" 'the oldest first'
is "$(json "$url/?class=claim" | jq '.items | length')" 0 'only claims'
is "$(json "$url/?state=flagged" | jq '.items | length')" 25 'only flagged ones'
is "$(json "$url/?state=listed" | jq '.items | length')" 0 'only listed ones'
is "$(json "$url/?state=all" | jq '[.items[] | .copies] | max >= 1')" true copies

# Pages are small, also packed, and say nothing of authors.
for target in / '/?page=2&lang=en' $(for id in $ids; do echo "/cases/$id"; done); do
    page=$(curl -fsS "$url$target")
    [ ${#page} -le 30720 ] || fail "$target has ${#page} bytes"
    lacks "$page" nama_rahasia_penulis "$target"
    lacks "$page" '<script' "$target"
done
lacks "$(for id in $ids; do json "$url/cases/$id"; done)" nama_rahasia_penulis 'JSON of all cases'
packed=$(curl -s -H 'Accept-Encoding: gzip' "$url/" | wc -c)
[ $((packed + $(curl -s -H 'Accept-Encoding: gzip' "$url$style" | wc -c))) -le 14336 ] ||
    fail 'the first load is too large'
is "$(curl -s --compressed "$url/cases/1" | md5sum)" "$(curl -s "$url/cases/1" | md5sum)" 'packed and not'

# A near-copy is in its case, a long post comes in parts, the hostile one is text.
copied=$(for id in $ids; do json "$url/cases/$id" | jq 'select(.copies == 5) | .id'; done)
is "$(json "$url/cases/$copied" | jq '.posts | length')" 5 'near-copies are one case'
long=$(for page in 1 2 3; do json "$url/?page=$page"; done | jq -r '.items[] | select(.excerpt | contains("ujikonsol") | not) | .id')
has "$(curl -fsS "$url/cases/$long")" 'Tanda berikutnya' 'the long post leads to its mark'
next=$(curl -fsS "$url/cases/$long" | grep -o 'href="[^"]*" class="mark"' | cut -d'"' -f2)
has "$(curl -fsS "$url$next")" '<mark>ujikonsol</mark>' 'the part with the mark'
hostile=$(for page in 1 2 3; do json "$url/?page=$page"; done | jq -r '.items[] | select(.excerpt | contains("script")) | .id')
page=$(curl -fsS "$url/cases/$hostile")
has "$page" '<mark>ujikonsol</mark> &lt;script&gt;' 'the script is text, the span is marked'
has "$page" 've<i>[U+200B]</i>rif <i>[U+202E]</i>gnay' 'what is invisible is shown'
has "$page" 'hxxps://palsu[.]contoh[.]example/masuk?a=1&amp;b=' 'the link is defanged'
has "$page" 'Uji konsol &lt;b&gt;&amp; judul&lt;/b&gt;' 'the title of the rule is text'
has "$page" 'href="https://lembaga-contoh.example/pengumuman"' 'the evidence can be opened'
lacks "$page" 'href="javascript' 'a javascript: URL'
is "$(json "$url/cases/$hostile" | jq -r '.posts[0] as $p | $p.spans[] | select(.field == "text") |
    .start as $s | .end as $e | $p.text | explode | implode | @text' | head -n 1 | cut -c1-9)" ujikonsol 'JSON has the text'

# A request in what could be another one's body is not answered: the connection ends before it.
python3 - "${url##*:}" <<'PY' || fail 'a request is smuggled in behind a body'
import socket, sys
def answers(head):
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    s.settimeout(60)
    s.sendall(head + b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    got = b''
    try:
        while (more := s.recv(65536)): got += more
    except ConnectionError: pass
    return got.count(b'HTTP/1.1 ')
start = b' / HTTP/1.1\r\nHost: localhost\r\n'
assert answers(b'GET' + start + b'\r\n') == 2
assert answers(b'GET' + start + b'Content-Length: 0\r\nContent-Length: 30\r\n\r\n') == 1
assert answers(b'GET' + start + b'content-length: 0\r\nContent-Length: 30\r\n\r\n') == 1
assert answers(b'POST' + start + b'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n') == 1
assert answers(b'POST' + start + b'Content-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n') == 1
assert answers(b'POST' + start + b'Content-Length: 5\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n') == 1
PY

# Slow and half-open connections lock nobody out.
python3 - "${url##*:}" <<'PY' || fail 'slow connections lock others out'
import socket, subprocess, sys
port = int(sys.argv[1])
held = []
for i in range(150):
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(b"GET / HTTP/1.1\r\nHost: local")
    held.append(one)
for i in range(20):
    subprocess.run(["curl", "-fsS", "-m", "5", "-o", "/dev/null", f"http://127.0.0.1:{port}/healthz"], check=True)
PY
lacks "$(cat "$work/run.log")" window.touched 'the log'
