#!/bin/bash
# An approver on their own machine: two proposals, the real console, `saring approver` before it, a key that
# ssh-keygen signs with. A server in between that lies about what is to be signed gets no signature.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/people.bash"
need curl
. "$root/tests/system/support/two_cases.bash"

echo "$id" >"$work/id"
start liar python3 tests/system/support/liar.py "$server" "$work"
wait_for 30 test -s "$work/liar.port"
liar=http://127.0.0.1:$(cat "$work/liar.port")

# What it is not started with: plain HTTP elsewhere, no key, a path in the address.
status=0
for bad in http://saring.example https://saring.example/masuk ftp://127.0.0.1 https://a:b@saring.example; do
    timeout 90 "$saring" approver --server "$bad" --key "$work/rina" >/dev/null 2>"$work/bad.err" || status=$?
    is "$status" 2 "--server $bad"
    status=0
done
timeout 90 "$saring" approver --server "$liar" --key "$work/tidak-ada" >/dev/null 2>&1 || status=$?
is "$status" 2 "a key that is not there"

. "$root/tests/system/support/approver.bash"
start_approver "$liar" rina

# Nobody comes in without the address that was printed, under another name, or from another page.
ask / >/dev/null
status_is 403 "without the address"
curl -sS -o /dev/null -w '%{http_code}' "$here/masuk/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" >"$work/status"
status_is 403 "a guessed address"
ask "${own#"$here"}" >/dev/null
status_is 200 "the address"
grep -q saring-penyetuju "$work/jar" || fail "no cookie"
ask / -H 'Host: jahat.example' >/dev/null
status_is 403 "another Host (DNS rebinding)"
ask / -D "$work/heads" >/dev/null
grep -qi '^Referrer-Policy: same-origin' "$work/heads" || fail "with no-referrer browsers say Origin: null, and no form of ours is taken"
token=$(csrf)
ask /sign-in -H 'Origin: http://jahat.example' --data-urlencode "csrf=$token" -d name=rina -d password=x -d code=1 >/dev/null
status_is 403 "another page's form"
post /sign-in "salah" name=rina password=x code=1 >/dev/null
status_is 403 "a form without our token"

# Signing in goes to the server: password, then a code; the server says no in one way.
post /sign-in "$token" name=rina "password=bukan kata sandinya" code=123456 >"$work/no"
status_is 403 "a wrong password"
has "$(cat "$work/no")" "name, password or code wrong" "a wrong password"
sign_in_as rina
list=$(ask /)
has "$list" "#$id" "what waits"
has "$list" "#$other" "what waits"

# Blind first: nothing of the proposal before one's own answers.
page=$(ask "/case/$id/")
has "$page" "Meminta NIK di situs yang bukan milik KPU." "the rule's words"
has "$page" "Jawab dulu" "the blind form"
lacks "$page" "personal_data" "the proposal is not shown yet"
lacks "$page" "sign and approve" "nothing to sign yet"
token=$(csrf)
answers=(opinion=no satire=no testimony=no campaign=no press=no debunk=no official=no hacked=no wider=no)
post "/case/$id/answer" "$token" "${answers[@]:1}" >/dev/null
status_is 400 "an answer is missing"
post "/case/$id/answer" "$token" "${answers[@]}" >/dev/null
status_is 303 "the answers"
page=$(ask "/case/$id/")
for words in kpu-daftar.example personal_data sari "sign and approve" "Pelaporan ke registrar belum dijawab."; do
    has "$page" "$words" "what is signed, in words"
done
hash=$(grep -o 'name="hash" value="[0-9a-f]*"' "$work/page" | cut -d '"' -f 4)
is "$hash" "$(review approve "$id" rina --bytes | sha256sum | cut -d ' ' -f 1)" "the very bytes"

# Every lie is seen, and nothing is signed: neither by a page, nor by a form that was sent all the same.
for lie in target record reviewer case class season key late page sign what; do
    echo "$lie" >"$work/lie"
    page=$(ask "/case/$id/")
    case $page in *"not to be signed"*) ;; *) fail "the lie about the $lie is not seen: $page" ;; esac
    lacks "$page" "sign and approve" "a lie about the $lie"
    post "/case/$id/sign" "$token" "hash=$hash" "conflict=tidak ada" >/dev/null
    case $(cut -d ' ' -f 1 "$work/status") in 403 | 502) ;; *) fail "signed in spite of a lie about the $lie" ;; esac
done
echo huge >"$work/lie"
ask / >/dev/null
status_is 502 "an endless answer"
rm "$work/lie"
post "/case/$id/sign" "$token" "hash=${hash//[0-9]/0}" "conflict=tidak ada" >"$work/no"
status_is 403 "other bytes than were shown"
has "$(cat "$work/no")" "changed since they were shown" "other bytes than were shown"
[ ! -e "$work/signatures" ] || fail "a signature went to the server"
is "$(clocked "$saring" review list --json --state "$state" | jq -r "select(.id == $id).state")" proposed "nothing moved"

# Without a lie it is signed here, by ssh-keygen, and in force there.
post "/case/$id/sign" "$token" "hash=$hash" "conflict=tidak ada" >"$work/no"
status_is 303 "the signature ($(cat "$work/no"))"
to=$(cut -d ' ' -f 2 "$work/status")
page=$(ask "${to#"$here"}")
has "$page" "recorded" "the outcome"
is "$(cat "$work/signatures")" one "one signature"
"$saring" audit verify --state "$state" >/dev/null
has "$("$saring" export rpz --state "$state")" "kpu-daftar.example" "the list"

# The other one is returned, with a reason.
page=$(ask "/case/$other/")
post "/case/$other/decline" "$(csrf)" action=return "reason=Rekaman formulirnya belum terlampir." >/dev/null
status_is 303 "a return"
is "$("$saring" review list --all --json --state "$state" | jq -r "select(.id == $other).state")" returned "the other case"

# Out: the server is asked nothing more.
page=$(ask /)
post /sign-out "$(csrf)" >/dev/null
has "$(ask /)" "Masuk / sign in" "signed out"
for word in "$(cat "$work/rina.pw")" "BEGIN OPENSSH PRIVATE KEY"; do
    ! grep -qF -- "$word" "$work/approver1.log" "$work/run.log" || fail "a secret is in a log"
done
echo ok
