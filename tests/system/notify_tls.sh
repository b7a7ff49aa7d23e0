#!/bin/bash
# Notices over TLS: STARTTLS and TLS from the first byte, with a name and a password; a certificate of another name or
# authority, or a server without TLS, gets neither the password nor a mail; the webhook is signed. The password and
# the secret are in no log, argument, environment or file of the state.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/people.bash"
. "$root/tests/system/support/tls.sh"
need sqlite3
python=/usr/bin/python3 # Debian's, for which Debian's packages are
$python -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is not installed"
make_ca
make_cert surat IP:127.0.0.1
make_cert lain DNS:lain.example
hook=$(free_port)
mail=$(free_port)
secure=$(free_port)
echo 'sandi-surat-rahasia' >"$work/surat.pw"
echo 'rahasia-webhook-yang-panjang-sekali-0123' >"$work/hook.secret"
chmod 644 "$work/surat.pw" "$work/hook.secret" # notify is not who started it
cat >"$work/hook.py" <<'PY'
import hashlib, hmac, http.server, sys
secret = open(sys.argv[3], "rb").read().strip()
class Hook(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers.get("X-Saring-Timestamp", "")
        want = "sha256=" + hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        open(sys.argv[2], "ab").write((b"signed " if hmac.compare_digest(want, self.headers.get("X-Saring-Signature", "")) else b"bad ") + body + b"\n")
        self.send_response(204); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
PY
cat >"$work/mail.py" <<'PY'
# mail.py PORT starttls|tls|plain CERTIFICATE KEY OUT: what it is given, with who signed in
import ssl, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP
port, how, certificate, key, out = sys.argv[1:]
def note(line):
    with open(out, "ab") as file: file.write(line.encode() + b"\n")
class Sink:
    async def handle_DATA(self, server, session, envelope):
        note(f"MAIL {session.auth_data} tls={session.ssl is not None or how == 'tls'} {','.join(envelope.rcpt_tos)} {len(envelope.content)}")
        return "250 OK"
def check(server, session, envelope, mechanism, data):
    note(f"AUTH tls={session.ssl is not None or how == 'tls'} {data.login.decode()}:{data.password.decode()}")
    good = data.login == b"saring" and data.password == b"sandi-surat-rahasia"
    return AuthResult(success=good, auth_data=data.login.decode() if good else None, handled=good)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(certificate, key)
class Plain(Controller):
    def factory(self):
        return SMTP(self.handler, authenticator=check, auth_require_tls=False, tls_context=context if how == "starttls" else None, require_starttls=False)
sink = Plain(Sink(), hostname="127.0.0.1", port=int(port), ssl_context=context if how == "tls" else None)
sink.start()
note("READY")
while True: time.sleep(3600)
PY
serve() { # serve PORT HOW NAME: a mail server; its pid in $server_pid
    : >"$work/mails"
    start mail $python "$work/mail.py" "$1" "$2" "$work/$3.crt" "$work/$3.key" "$work/mails"
    server_pid=$pid
    wait_for 30 grep -q READY "$work/mails"
}
stop() { kill "$server_pid"; wait "$server_pid" 2>/dev/null || true; }
start hook python3 "$work/hook.py" "$hook" "$work/hooked" "$work/hook.secret"
wait_for 30 listening "$hook"
settings="notify: { smtp: 'smtp://127.0.0.1:$mail', from: saring@tim.example, user: saring, password_file: surat.pw, ca: ca.crt, webhook: 'http://127.0.0.1:$hook/saring', webhook_secret_file: hook.secret }"
serve "$mail" starttls surat
. "$root/tests/system/support/two_cases.bash"
run_pid=$pid
"$saring" user mail rina rina@lembaga.example --state "$state"
again() { sqlite3 "$state/casebook.db" "UPDATE notices SET next_ms = 0 WHERE person = 'rina'"; }

# STARTTLS, with the password; the webhook is signed.
mailed() { [ "$(grep -c '^MAIL saring tls=True rina@lembaga.example' "$work/mails")" -ge 2 ]; }
wait_for 60 mailed
is "$(grep '^AUTH' "$work/mails" | sort -u)" "AUTH tls=True saring:sandi-surat-rahasia" "how it signed in"
sent() { [ "$(sqlite3 "$state/casebook.db" "SELECT count(*) FROM notices WHERE next_ms < 9000000000000")" = 0 ]; }
wait_for 60 sent
hooked() { [ "$(grep -c '^signed' "$work/hooked")" -ge 2 ]; }
wait_for 60 hooked
is "$(grep -c '^bad' "$work/hooked" || true)" 0 "calls without a right signature"
stop

# Whom it does not trust: nothing is handed over, and the notice waits.
refused() { # refused HOW NAME WHAT
    serve "$mail" "$1" "$2"
    local before
    before=$(sqlite3 "$state/casebook.db" "SELECT sum(tries) FROM notices WHERE person = 'rina'")
    again
    more() { [ "$(sqlite3 "$state/casebook.db" "SELECT sum(tries) FROM notices WHERE person = 'rina'")" -gt "$before" ]; }
    wait_for 60 more
    is "$(grep -c -e '^MAIL' -e '^AUTH' "$work/mails" || true)" 0 "$3"
    stop
}
refused starttls lain "a certificate of another name"
refused plain surat "a server without TLS"
cp "$work/surat.crt" "$work/surat.good"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/asing.key" -out "$work/asing.crt" -days 2 -subj /CN=x -addext subjectAltName=IP:127.0.0.1 2>/dev/null
refused starttls asing "a certificate of another authority"

# TLS from the first byte, after a restart with that address.
kill "$run_pid"
wait "$run_pid" || fail "saring run ended with $?"
sed -i "s|smtp://127.0.0.1:$mail|smtps://127.0.0.1:$secure|" "$work/saring.yml"
serve "$secure" tls surat
again
start run "$saring" run -c "$work/saring.yml"
run_pid=$pid
wait_for 60 mailed
is "$(grep '^AUTH' "$work/mails" | sort -u)" "AUTH tls=True saring:sandi-surat-rahasia" "how it signed in"

# The secrets: in no argument, environment, log or file of the state.
for process in $(pgrep -g "$(ps -o pgid= -p "$run_pid" | tr -d ' ')" saring); do
    ! tr '\0' '\n' <"/proc/$process/cmdline" | grep -q -e sandi-surat -e rahasia-webhook || fail "a secret is an argument"
    ! tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | grep -q -e sandi-surat-rahasia -e rahasia-webhook || fail "a secret is in an environment"
done
kill "$run_pid"
wait "$run_pid" || fail "saring run ended with $?"
! grep -q -e sandi-surat -e rahasia-webhook "$work/run.log" || fail "a secret is in the log"
! grep -rqF -e sandi-surat -e rahasia-webhook "$state" || fail "a secret is in the state"

# What the file may not say.
no() { # no SETTINGS WORDS
    printf 'notify: %s\n' "$1" >"$work/salah.yml"
    local out
    out=$("$saring" run -c "$work/salah.yml" 2>&1) && fail "taken: $1"
    has "$out" "$2" "a bad setting"
}
no "{ smtp: 'smtp://saring:sandi@surat.example:25', from: a@b.example }" 'holds no name or password'
no "{ smtp: 'smtp://surat.example:25', from: a@b.example, user: saring }" 'belong together'
echo ok
