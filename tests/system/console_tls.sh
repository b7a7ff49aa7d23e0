#!/bin/bash
# The console over TLS of its own, and behind the one proxy that is believed: names, origins, cookies.
. "$(dirname "$0")/lib.sh"
need curl
need openssl
state=$work/state
printf 'kata sandi panjang sari\n' >"$work/sari.pw"
"$saring" user add sari --org 'Tim Siber Contoh' --kind team --password-file "$work/sari.pw" --state "$state" >/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost' \
    -keyout "$work/kunci.pem" -out "$work/sertifikat.pem" 2>/dev/null
chmod 644 "$work/kunci.pem"
run_with() { # LINE: of the console's settings
    printf 'state: %s\nrules: [%s/rules]\nexample: %s/feeds/example\nconsole: { port: 0, %s }\n' "$state" "$root" "$root" "$1" >"$work/saring.yml"
    : >"$work/run.log"
    start run "$saring" run -c "$work/saring.yml"
    wait_for 60 grep -q 'event=console address' "$work/run.log"
    port=$(sed -n 's/.*event=console address=127.0.0.1 port=\([0-9]*\).*/\1/p' "$work/run.log" | head -n 1)
}
stop_run() {
    kill "${started[-1]}"
    wait "${started[-1]}" 2>/dev/null || true
}
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }

run_with 'certificate: sertifikat.pem, key: kunci.pem'
safe=(--cacert "$work/sertifikat.pem")
is "$(status "${safe[@]}" "https://localhost:$port/sign-in")" 200 'over TLS'
is "$(status "http://localhost:$port/sign-in" || true)" 000 'without TLS'
is "$(status "${safe[@]}" --tls-max 1.1 "https://localhost:$port/sign-in" || true)" 000 'an old TLS'
has "$(curl -sI "${safe[@]}" "https://localhost:$port/sign-in")" 'Strict-Transport-Security: max-age=' 'HSTS'
in=(--data-urlencode name=sari --data-urlencode "password=$(cat "$work/sari.pw")")
is "$(status "${safe[@]}" -H "Origin: http://localhost:$port" "${in[@]}" "https://localhost:$port/sign-in")" 403 'an Origin without TLS'
is "$(status "${safe[@]}" -H "Origin: https://localhost:$port" "${in[@]}" "https://localhost:$port/sign-in")" 303 'signing in over TLS'
stop_run

run_with "origin: 'https://saring.example.id', proxy: 127.0.0.1"
at=(-H 'Host: saring.example.id')
is "$(status "${at[@]}" "http://127.0.0.1:$port/sign-in")" 200 'its name outside'
is "$(status -H 'Host: lain.example.id' "http://127.0.0.1:$port/sign-in")" 421 'another name'
is "$(status "${at[@]}" -H 'Origin: https://saring.example.id' "${in[@]}" "http://127.0.0.1:$port/sign-in")" 303 'signing in behind the proxy'
is "$(status "${at[@]}" -H 'Origin: http://saring.example.id' "${in[@]}" "http://127.0.0.1:$port/sign-in")" 403 'another scheme'
is "$(status "${at[@]}" -H 'X-Forwarded-User: sari' "http://127.0.0.1:$port/people")" 303 'a header that says who it is'
stop_run

# A certificate that is none is said, and nothing is served without TLS instead.
echo bukan >"$work/sertifikat.pem"
printf 'state: %s\nrules: [%s/rules]\nexample: %s/feeds/example\nconsole: { port: 0, certificate: sertifikat.pem, key: kunci.pem }\n' \
    "$state" "$root" "$root" >"$work/saring.yml"
: >"$work/run.log"
start run "$saring" run -c "$work/saring.yml"
wait_for 60 grep -q 'event=console_not_served' "$work/run.log"
sed -i 's/, key: kunci.pem//' "$work/saring.yml"
stop_run
timeout 60 "$saring" run -c "$work/saring.yml" >"$work/half.log" 2>&1 && fail 'a certificate without its key'
grep -q "both 'certificate' and 'key'" "$work/half.log" || fail "what is said: $(cat "$work/half.log")"
