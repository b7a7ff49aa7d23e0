#!/bin/bash
# Notices: an approver is told by e-mail and by a webhook that a case waits, with its number and deadline and nothing
# of what it is about; a mail server that is away holds up nothing, and is tried again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/people.bash"
need curl
need sqlite3
python=/usr/bin/python3 # Debian's, for which Debian's packages are
$python -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is not installed"
mail=$(free_port)
hook=$(free_port)
settings="notify: { smtp: 'smtp://127.0.0.1:$mail', from: saring@tim.example, webhook: 'http://127.0.0.1:$hook/saring' }"
cat >"$work/hook.py" <<'PY'
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        open(sys.argv[2], "a").write(body + "\n")
        self.send_response(204)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
PY
cat >"$work/mail.py" <<'PY'
import sys, time
from aiosmtpd.controller import Controller
class Sink:
    async def handle_DATA(self, server, session, envelope):
        with open(sys.argv[2], "ab") as out:
            out.write(b"RCPT " + ",".join(envelope.rcpt_tos).encode() + b"\n" + envelope.content + b"\n==\n")
        return "250 OK"
sink = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
sink.start()
while True:
    time.sleep(3600)
PY
start hook python3 "$work/hook.py" "$hook" "$work/hooked"
wait_for 30 listening "$hook"
. "$root/tests/system/support/two_cases.bash"
"$saring" user mail rina rina@lembaga.example --state "$state"
status=0
"$saring" user mail rina $'rina@lembaga.example\nBcc: semua@lain.example' --state "$state" 2>/dev/null || status=$?
is $status 1 "an address with a line of its own"
grep -q 'child=notify' "$work/run.log" || fail "no notify process"

# The webhook answers: once for each case. The mail server does not: counted, and nothing waits for it.
hooked() { [ "$(sort -u "$work/hooked" | wc -l)" -ge 2 ]; }
wait_for 60 hooked
is "$(jq -s 'map(keys) | unique | flatten | join(" ")' "$work/hooked")" '"case due kind"' "what a webhook is told"
is "$(jq -s 'map(.case) | unique | sort == ['"$id, $other"']' "$work/hooked")" true "both cases"
tried() { [ "$(sqlite3 "$state/casebook.db" "SELECT count(*) FROM notices WHERE person = 'rina' AND tries > 0")" = 2 ]; }
wait_for 60 tried
review answer "$id" rina --answers "$no" >/dev/null
curl -fsS "$server/healthz" >/dev/null
wait_for 20 grep -q 'event=notice_not_sent' "$work/run.log"
is "$(grep -c 'event=notice_not_sent' "$work/run.log")" 1 "it is said once"

# It comes back: what waited is sent, once.
start mail $python "$work/mail.py" "$mail" "$work/mails"
wait_for 30 listening "$mail"
sqlite3 "$state/casebook.db" "UPDATE notices SET next_ms = 0 WHERE tries > 0"
mailed() { [ "$(grep -c '^RCPT rina@lembaga.example$' "$work/mails")" = 2 ]; }
wait_for 60 mailed
sent() { [ "$(sqlite3 "$state/casebook.db" "SELECT count(*) FROM notices WHERE next_ms < 9000000000000")" = 0 ]; }
wait_for 60 sent
tr -d '\r' <"$work/mails" >"$work/plain"
grep -q "^From: saring <saring@tim.example>$" "$work/plain" || fail "no sender"
grep -q "^To: <rina@lembaga.example>$" "$work/plain" || fail "no recipient"
grep -q "^Subject: saring: .*#$id$" "$work/plain" || fail "no number in the subject"
grep -q "^Case #$other waits for you until 20..-..-..T..:..:.*Z.$" "$work/plain" || fail "no deadline"
for word in kpu-daftar bansos NIK ujipenyetuju sari; do
    ! grep -qiw -- "$word" "$work/plain" "$work/hooked" || fail "a notice says $word"
done
! grep -q lembaga.example "$work/run.log" || fail "an address is in the log"

# Nobody is told twice, also after a restart of the process that sends.
kill -9 "$(sed -n 's/.*event=started child=notify pid=\([0-9]*\).*/\1/p' "$work/run.log" | tail -n 1)"
again() { [ "$(grep -c 'event=started child=notify' "$work/run.log")" -ge 2 ]; }
wait_for 60 again
propose_again() { review answer "$other" rina --answers "$no" >/dev/null; }
propose_again
is "$(grep -c '^RCPT' "$work/mails")" 2 "two mails"
echo ok
