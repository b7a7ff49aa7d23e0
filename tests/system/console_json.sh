#!/bin/bash
# The console as programs use it: every page in JSON as the OpenAPI document says, for people of every
# role and for tokens of machines; forms sent as JSON; the blind second vote; abuse check 48.
. "$(dirname "$0")/lib.sh"
need python3
python3 -c 'import jsonschema' 2>/dev/null || skip 'python3-jsonschema is not installed'
. tests/system/console_people.bash

for name in sari rina dewi adit kelola; do sign_in $name; done
id=$(find_case 'data pemilih')
evidence=$(echo formulir | sha256sum | cut -d' ' -f1)

# Tokens: one of each scope, one that was ended; printed once, and nowhere kept as it is.
scopes=(cases:read entries:read log:read figures:read rules:read sources:read metrics)
for scope in "${scopes[@]}"; do
    "$saring" token make "uji-${scope%%:*}" --scope "$scope" --days 1 --reason 'Uji satu lingkup.' --state "$state" \
        >"$work/machine-${scope%%:*}" 2>"$work/told"
    has "$(cat "$work/told")" 'berlaku sampai' 'its end is told'
done
"$saring" token make uji-semua $(printf -- '--scope %s ' "${scopes[@]}") --days 90 --reason 'Semua lingkup.' --state "$state" >"$work/machine-semua" 2>/dev/null
"$saring" token make uji-mati --scope cases:read --days 1 --reason 'Akan diakhiri.' --state "$state" >"$work/machine-mati" 2>/dev/null
status=0
"$saring" token make uji-mati --scope cases:read --days 1 --reason 'Nama lama.' --state "$state" 2>"$work/again" || status=$?
is "$status" 1 'a name twice'
for wrong in '--scope cases:write --days 1' '--scope cases:read --days 91' '--scope cases:read' '--days 1'; do
    "$saring" token make baru $wrong --reason 'Tidak boleh.' --state "$state" 2>/dev/null && fail "token make $wrong"
done
is "$("$saring" token list --json --state "$state" | jq -s 'map(select(.live)) | length')" $((${#scopes[@]} + 2)) 'tokens that are live'
for file in "$work"/machine-*; do
    secret=$(sed 's/^saring_//' "$file")
    [ ${#secret} = 43 ] || fail "$file is no token"
    for kept in "$state"/casebook.db* "$work/run.log"; do
        ! grep -qaF -e "$secret" "$kept" || fail "a token lies in $kept"
    done
done
is "$("$saring" audit show --json --state "$state" | jq -r 'select(.action == "token") | .detail.name' | grep -c '^uji-')" $((${#scopes[@]} + 2)) 'rows of the log'

for i in $(seq 30); do # more than one answer of the log holds
    "$saring" token make "baris$i" --scope metrics --days 1 --reason 'Dua baris log.' --state "$state" >/dev/null 2>&1
    "$saring" token end "baris$i" --reason 'Dua baris log.' --state "$state"
done

"$saring" token end uji-mati --reason 'Selesai diuji.' --state "$state"

# More near-copies than one answer holds.
for i in $(seq 14); do verdict "salin$i" fraud http://salinan-uji.example/ >"$work/verdict.json"; "$seed" "$state" <"$work/verdict.json"; done >"$work/salinan"
is "$(sort "$work/salinan" | uniq -c | tr -s ' \n' ' ')" ' 13 joined 1 opened ' 'near-copies'
copied=$(sqlite3 "$state/casebook.db" 'SELECT max(id) FROM cases')

python3 - "$url" "$work" "$id" "$evidence" "$facts" "$saring" "$copied" <<'PY' || fail 'the JSON of the console'
import json, re, sys
sys.path.insert(0, "tests/system/support")
from api import Console, Someone
url, work, case, evidence, facts = sys.argv[1:6]
console = Console(url)
document = console.document
who = {name: Someone(console, f"{work}/{name}.jar") for name in ("sari", "rina", "dewi", "adit", "kelola")}
role = {"sari": "team", "rina": "independent", "dewi": "appeals", "adit": "auditor", "kelola": "admin"}
nobody = Someone(console)
# Each from an address of its own, as one address may send but so many forms.
token = {name: Someone(console, token=open(f"{work}/machine-{name}").read().strip(), source=f"127.0.48.{at}")
         for at, name in enumerate(("cases", "entries", "log", "figures", "rules", "sources", "metrics", "semua", "mati"), 1)}

# Every route that gives JSON, for every role: as the document says, or refused as it says.
queue = who["sari"].get("/").json
rule = who["sari"].get("/rules").json
while rule["loading"]: rule = who["sari"].get("/rules").json
names = {"id": case, "tag": "00000000"}
def real(path):
    name = queue["items"][0]["rule_id"] if path.startswith("/alike") else rule["items"][0]["id"]
    return re.sub(r"\{(\w+)\}", lambda m: {**names, "name": name}[m[1]], path)
has_json = {(path, method): "application/json" in operation["responses"]["200"]["content"]
            for path, of in document["paths"].items() for method, operation in of.items()}
for name, someone in who.items():
    for (path, method), gives in sorted(has_json.items()):
        if method != "get" or not gives: continue
        roles = document["paths"][path]["get"]["x-roles"]
        got = someone.get(real(path))
        if roles and role[name] not in roles:
            assert got.status == 403 and got.json["error"] == "forbidden", (name, path, got)
        elif path in ("/cases/{id}/propose", "/cases/{id}/merge"):
            assert got.status == 403, (name, got)  # nobody holds it
        elif path == "/appeals/{id}" or path.startswith("/captures/"):
            assert got.status == 404 and got.json["error"] == "not_found", (name, got)
        else:
            assert got.status == 200 and got.kind == "application/json", (name, path, got)
        # The same for HEAD, without a body; what may be asked is told.
        head = someone.ask(real(path), "HEAD")
        assert (head.status, head.body) == (got.status, b""), (name, path, head)
        options = someone.ask(real(path), "OPTIONS")
        methods = {"GET": ["GET", "HEAD"], "POST": ["POST"]}
        want = sum((methods[m.upper()] for m in sorted(document["paths"][path])), []) + ["OPTIONS"]
        assert options.status == 204 and options.headers["Allow"] == ", ".join(want), (path, options.headers["Allow"])
        assert not options.body
        # What somebody has is not sent again; a token of a form is another one each time.
        if got.status == 200 and path not in ("/sign-in", "/sign-in/code", "/cases/{id}/approval.json", "/account"):
            assert re.fullmatch(r'W/"[0-9a-f]{32}"', got.headers["ETag"]), path
            again = someone.ask(real(path), headers={"If-None-Match": f'"x", {got.headers["ETag"]}'})
            assert again.status == 304 and not again.body and again.headers["ETag"] == got.headers["ETag"], (path, again)
            packed = someone.ask(real(path), headers={"Accept-Encoding": "gzip"})
            assert packed.json is not None and packed.headers["ETag"] == got.headers["ETag"], path
        for field in ("Accept", "Accept-Encoding", "Authorization", "Cookie"): assert field in got.headers["Vary"]
        assert got.headers["Cache-Control"] == "no-store", path
assert json.dumps(who["adit"].get("/people").json).find("@") < 0
people = who["adit"].get("/people").json
assert {p["name"] for p in people["items"]} >= set(who) and all("contact" not in p and "password" not in p for p in people["items"])
assert who["sari"].get("/sign-in").json["stage"] == "in" and nobody.get("/sign-in").json["stage"] == "out"

# What somebody takes: by weight, and a page for browsers.
def kind_of(accept): return who["sari"].ask("/entries", headers={"Accept": accept})
for accept, kind in (("application/json;q=0.5, text/html;q=0.4", "application/json"), ("text/html, application/json", "text/html"),
                     ("*/*", "text/html"), ("application/*;q=0.9, text/html;q=0.1", "application/json"),
                     ("application/json;q=0, */*", "text/html"), ("", "text/html")):
    assert kind_of(accept).kind == kind, accept
for accept in ("image/png", "application/json;q=0", "text/html;q=0, application/json;q=0"):
    assert kind_of(accept).status == 406, accept
assert who["sari"].ask("/admin", headers={"Accept": "application/problem+json"}).kind == "application/problem+json"
got = who["sari"].ask("/entries", "PUT")
assert got.status == 405 and got.headers["Allow"] == "GET, HEAD, OPTIONS", got
got = who["sari"].ask(f"/cases/{case}/move", "DELETE")
assert got.status == 405 and got.headers["Allow"] == "POST, OPTIONS", got

# A form as JSON: taken once, the same checks, the same outcome when it is sent again.
sari, rina = who["sari"], who["rina"]
version = sari.get(f"/cases/{case}").json["version"]
assert "claim" in sari.get(f"/cases/{case}").json["may"] and rina.get(f"/cases/{case}").json["may"] == []
session = sari.session()
move = {"action": "claim", "version": version}
def moved(got): return got.status, (got.json or {}).get("error")
good = {"token": session["token"], "once": session["once"], **move}
here = f"/cases/{case}/move"
assert moved(sari.ask(here, "POST", {}, good)) == (403, "not_from_here"), "no Origin"
assert moved(sari.ask(here, "POST", {"Origin": "https://jahat.example"}, good)) == (403, "not_from_here")
assert moved(sari.ask(here, "POST", {"Origin": url}, {**good, "token": rina.session()["token"]})) == (403, "not_from_here")
assert moved(sari.ask(here, "POST", {"Origin": url}, move)) == (403, "not_from_here"), "no token"
assert moved(sari.ask(here, "POST", {"Origin": url, "Content-Type": "text/plain"}, good)) == (415, "no_form")
for more in ({"state": "approved"}, {"role": "admin"}, {"version": [version]}, {"version": {"x": 1}}, {"actor": "clock"}, {"action": None}):
    assert moved(sari.ask(here, "POST", {"Origin": url}, {**good, **more})) == (400, "bad_request"), more
assert moved(sari.ask(here, "POST", {"Origin": url, "Content-Type": "application/json"}, json.dumps(good)[:-1].encode() + b',"version":1}')) == (400, "bad_request")
assert sari.get(f"/cases/{case}").json["version"] == version
done = sari.ask(here, "POST", {"Origin": url}, good)
assert done.status == 200 and done.json["location"].startswith(f"/cases/{case}"), done
assert sari.ask(here, "POST", {"Origin": url}, good).json == done.json, "sent again"
now = sari.get(f"/cases/{case}").json
assert now["version"] == version + 1 and now["state"] == "claimed" and now["claimed_by"] == "sari" and now["lease"] > 0
assert moved(sari.send(here, {"action": "hold", "version": version, "lease": now["lease"], "reason": "Sudah lama."})) == (409, "stale")
assert moved(sari.send(here, {"action": "dismiss", "version": now["version"], "lease": now["lease"], "reason": "x"})) == (409, "refused")
assert moved(rina.send(here, {"action": "dismiss", "version": now["version"], "reason": "Bukan milik saya."})) == (409, "refused")
assert moved(who["adit"].send(here, good)) == (403, "forbidden") and moved(who["kelola"].send(here, good)) == (403, "forbidden")
assert moved(nobody.ask(here, "POST", {"Origin": url}, good)) == (401, "not_signed_in")
ease = sari.send("/wellbeing", {"break": 50, "hide": ["claim"]})
assert ease.status == 200 and "ease" in str(ease.headers.get_all("Set-Cookie"))
hits = sari.send("/rules/try", {"text": "biasa saja"})
assert hits.status == 200 and hits.json["items"] == []

# A proposal, judged blind: nothing of the reviewer's answers before the approver's own.
secret = "Pelaporan ke registrar belum dijawab."
form = sari.get(f"/cases/{case}/propose").json
targets = sari.get(f"/cases/{case}/merge").json["items"]
assert targets and all(one["id"] != int(case) for one in targets)
assert sari.send(f"/cases/{case}/merge", {"action": "preview", "into": targets[0]["id"], "version": now["version"], "lease": now["lease"], "reason": "Cerita yang sama."}).status == 200
assert sari.send(f"/cases/{case}/notes", {"note": "Situsnya sudah dilihat."}).status == 200
assert [note["person"] if "person" in note else note["by"] for note in rina.get(f"/cases/{case}/notes").json["items"]] == ["sari"]
tests = {question["test"]: "no" for question in form["questions"]}
assert len(tests) == 9 and form["version"] == now["version"]
what = {"version": form["version"], "lease": form["lease"], "scope": "DOMAIN", "target": "kpu-daftar.example", "harvest": ["personal_data"],
        "days": 7, "evidence": evidence, "observed": 15, "reason": facts, "milder": secret, "conflict": "konflik-rahasia-uji"}
assert moved(sari.send(f"/cases/{case}/propose", {**what, "action": "propose"})) == (422, "refused"), "tests are missing"
shown = sari.send(f"/cases/{case}/propose", {**what, **tests, "action": "preview"})
assert shown.status == 200 and shown.json["preview"]["target"] == "kpu-daftar.example", shown
assert sari.send(f"/cases/{case}/propose", {**what, **tests, "action": "propose"}).status == 200
waiting = rina.get("/?state=proposed").json["items"]
assert [one["id"] for one in waiting] == [int(case)], "what waits for approval"
def reads(someone):
    paths = [real(path) for (path, method), gives in has_json.items() if method == "get" and gives]
    return "".join(someone.get(path).body.decode() for path in paths) + json.dumps(someone.walk("/log"))
for someone in (rina, who["dewi"], who["adit"], token["semua"]):
    text = reads(someone)
    assert secret not in text and "konflik-rahasia-uji" not in text and '"answers"' not in text, "the reviewer's answers"
blind = rina.get(f"/cases/{case}/approve").json
assert not blind["open"] and "record" not in blind and "own" not in blind and blind["proposal"]["target"] == "kpu-daftar.example"
assert rina.send(f"/cases/{case}/answer", {"version": blind["case"]["version"], **tests}).status == 200
judged = rina.get(f"/cases/{case}/approve").json
assert judged["open"] and judged["record"]["milder"] == secret and set(judged["own"].values()) == {"no"}
# Their own answers are theirs to see again; nobody else's business.
assert '"answers"' in reads(rina)
for someone in (sari, who["dewi"], who["adit"], token["semua"]): assert '"answers"' not in reads(someone), "the approver's answers"

# The bytes, signed on the approver's own machine; the signature as a field like all others.
import subprocess
signed = f"{work}/entri-json"
open(signed, "wb").write(rina.get(f"/cases/{case}/entry.json").body)
subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "saring", "-f", f"{work}/rina", signed], check=True, stderr=subprocess.DEVNULL)
approve = {"action": "approve", "version": judged["case"]["version"], "conflict": "tidak ada"}
assert moved(rina.send(f"/cases/{case}/approve", {**approve, "signature": "xx"})) == (409, "refused")
judged = rina.get(f"/cases/{case}/approve").json
approve["version"] = judged["case"]["version"]
assert rina.send(f"/cases/{case}/approve", {**approve, "signature": open(signed + ".sig").read()}).status == 200
entry = sari.get("/entries").json["items"][0]
assert (entry["case"], entry["state"], entry["entry"]["target"]) == (int(case), "active", "kpu-daftar.example")
assert sari.get(f"/cases/{case}").json["entry_id"] == entry["id"]

# The other forms; a list is an array.
rule_id = sari.get("/alike").json["items"][0]["rule_id"]
alike = sari.get(f"/alike/{rule_id}").json["items"][:2]
bulk = {"case": [one["id"] for one in alike], "reason": "Cerita yang sama.", **{f"version-{one['id']}": one["version"] for one in alike}}
assert sari.send(f"/alike/{rule_id}", bulk).status == 200
assert {sari.get(f"/cases/{one['id']}").json["state"] for one in alike} == {"dismissed"}
assert sari.send("/sources", {"action": "enable", "source": "contoh"}).status == 200
assert sari.get("/sources").json["items"][0]["enabled"] is True
assert moved(sari.send("/sources", {"action": "enable", "source": "tiada"})) == (409, "refused")
assert sari.send("/sources", {"action": "disable", "source": "contoh"}).status == 200
assert who["adit"].send("/log", {}).status == 200
assert moved(sari.send(f"/cases/{case}/copies", {"action": "split", "post": [1, 2], "version": 1, "lease": 1, "reason": "Bukan salinan."})) == (409, "stale")
one = sari.get(f"/rules/{rule['items'][0]['id']}").json
assert one["source"] and one["rule"]["release"]
submit = {"action": "rule_submit", "release": one["rule"]["release"], "reason": "Diperiksa untuk uji."}
assert sari.send(f"/rules/{one['rule']['id']}", submit).status in (200, 409)

# Signing in as a program does: password, a second factor that is new, its codes; then out and in again.
class Newcomer(Someone):
    def step(self, path, fields):
        got = self.ask(path, "POST", {"Origin": url}, fields)
        for line in got.headers.get_all("Set-Cookie") or []:
            if line.startswith("__Host-saring="): self.cookie = line.split(";")[0].split("=", 1)[1]
        return got
tono = Newcomer(console)
password = {"name": "tono", "password": open(f"{work}/tono.pw").read().strip()}
assert moved(tono.step("/sign-in", {**password, "password": "salah sekali ini"})) == (403, "wrong")
assert tono.step("/sign-in", password).json["stage"] == "enrol"
assert tono.get("/people").status == 401, "half a sign-in"
offer = tono.get("/sign-in/code").json
secret_code = re.search(r"secret=([A-Z2-7]+)", offer["uri"])[1]
def totp(): return subprocess.run(["oathtool", "--totp", "-b", secret_code], check=True, capture_output=True, text=True).stdout.strip()
assert moved(tono.step("/sign-in/code", {"code": "000000" if totp() != "000000" else "000001"})) == (403, "wrong")
while True: # a code may end between the two
    got = tono.step("/sign-in/code", {"code": totp()})
    if got.status == 200: break
assert got.json["stage"] == "in" and len(got.json["recovery"]) == 10
mine = tono.session()
assert (mine["stage"], mine["name"], mine["role"]) == ("in", "tono", "team") and mine["token"] and mine["once"]
old = Someone(console); old.cookie = tono.cookie
assert tono.step("/sign-out", {"token": mine["token"], "once": mine["once"]}).json["stage"] == "out"
assert old.get("/people").status == 401, "the cookie after signing out"
assert tono.step("/sign-in", password).json["stage"] == "code"
assert tono.step("/sign-in/code", {"code": got.json["recovery"][0]}).json["stage"] == "in"
assert tono.session()["name"] == "tono"
again = Newcomer(console)
assert again.step("/sign-in", password).json["stage"] == "code" and again.step("/sign-in/code", {"code": got.json["recovery"][1]}).json["stage"] == "in"
mine = tono.session()
assert tono.step("/account", {"token": mine["token"], "once": mine["once"], "action": "end_others"}).status == 200
assert again.get("/people").status == 401 and tono.get("/people").status == 200

# An appeal, by anyone: the panel has both sides before it, and decides in JSON too.
subprocess.run([f"{sys.argv[6]}", "review", "lodge", case, "--ground", "Situs ini milik panitia yang sah, mohon diperiksa lagi.", "--state", f"{work}/state"],
               check=True, capture_output=True)
appeal = who["dewi"].get("/appeals").json["items"][0]
sides = who["dewi"].get(f"/appeals/{appeal['id']}").json
assert sides["appeal"]["state"] == "lodged" and sides["case"]["id"] == int(case) and sides["case"]["entry_state"] == "suspended"
decide = {"action": "overturn", "version": appeal["version"], "reason": "Situsnya memang milik panitia."}
assert moved(sari.send(f"/appeals/{appeal['id']}", decide)) == (403, "forbidden")
assert who["dewi"].send(f"/appeals/{appeal['id']}", decide).status == 200
assert who["dewi"].get(f"/appeals/{appeal['id']}").json["appeal"]["state"] == "overturned"
assert token["semua"].get(f"/cases/{case}").json["appeals"] == [] and sari.get(f"/cases/{case}").json["appeals"] != []

# Lists by cursors: each item once, while more is written.
rows = rina.get("/log").json
seen = [row["seq"] for row in rows["items"]]
while rows.get("next"):
    who["dewi"].send("/people", {"statement": f"Pernyataan setelah {len(seen)} baris."})
    rows = rina.get(f"/log?after={rows['next']}").json
    seen += [row["seq"] for row in rows["items"]]
assert seen == list(range(seen[0], 0, -1)), "the log, each row once"
assert who["adit"].get("/log").json["head"] > seen[0]
everything = sari.walk("/?state=all")
assert len({one["id"] for one in everything}) == len(everything) > 25
assert len(sari.walk("/rules")) == len({one["id"] for one in sari.walk("/rules")}) > 0
copies = sari.walk(f"/cases/{sys.argv[7]}/copies")
assert len({post["number"] for post in copies}) == len(copies) == 14 and len(sari.get(f"/cases/{sys.argv[7]}/copies").json["items"]) == 12
assert all("url" in post for post in copies) and all("url" not in post for post in token["semua"].walk(f"/cases/{sys.argv[7]}/copies"))
assert [one["id"] for one in sari.walk("/sources")] == ["contoh"]
for bad in ("x", "0" * 48, "2" + "0" * 48, "0" * 49): assert sari.get(f"/log?after={bad}").status == 400, bad

# 48: each scope on each route: what it names and nothing else; writes never, whatever the scope.
open_to_all = {path for path, of in document["paths"].items() for m, o in of.items() if m == "get" and not o["security"]}
needs = {(path, method): [s["token"][0] for s in operation["security"] if "token" in s] for path, of in document["paths"].items() for method, operation in of.items()}
writes = {key for key, scopes in needs.items() if key[1] == "post" and scopes}
assert writes == {("/rules/try", "post")}, writes
named = {scope for scopes in needs.values() for scope in scopes}
assert named == {"cases:read", "entries:read", "log:read", "figures:read", "rules:read", "sources:read", "metrics"}
state = {one["id"]: (one["state"], one["version"]) for one in everything}
tried = 0
for scope in sorted(named) + ["semua"]:
    machine = token[scope.split(":")[0]]
    has = named if scope == "semua" else {scope}
    for (path, method), scopes in sorted(needs.items()):
        tried += 1
        if path == "/metrics": continue  # open to this machine; asked from elsewhere below
        body = {"text": "uji"} if method == "post" else None
        got = machine.ask(real(path), method.upper(), {}, body)
        where = (scope, method, path, got)
        if has & set(scopes): assert got.status == 200, where
        elif method == "get" and path in open_to_all and not path.startswith("/sign-in"): assert got.status in (200, 404), where
        else:
            assert got.status == 403 and got.json["error"] == "no_scope", where
            assert "insufficient_scope" in got.headers["WWW-Authenticate"], where
assert {one["id"]: (one["state"], one["version"]) for one in sari.walk("/?state=all")} == state, "a token moved a case"
assert all("url" not in post for post in token["cases"].get(f"/cases/{case}").json["posts"])
assert any("url" in post for post in sari.get(f"/cases/{case}").json["posts"])
assert token["semua"].get("/urgent").json["on_call"] == [] and token["semua"].get(f"/cases/{case}").json["may"] == []
elsewhere = {"X-Forwarded-For": "192.0.2.7"}
assert nobody.ask("/metrics", headers=elsewhere).status == 403
assert token["cases"].ask("/metrics", headers=elsewhere).status == 403
assert token["metrics"].ask("/metrics", headers=elsewhere).status == 200

# A token is no session, a session no token, and neither goes into an address.
raw = token["semua"].token
def outside(got): return got.status == 401 and got.json["error"] in ("not_signed_in", "bad_token") and got.headers["WWW-Authenticate"].startswith("Bearer")
for cookie in (raw, raw.removeprefix("saring_")):
    assert outside(nobody.ask("/log", headers={"Cookie": f"__Host-saring={cookie}"}))
    assert nobody.ask("/sign-in", headers={"Cookie": f"__Host-saring={cookie}"}).json["stage"] == "out"
for bearer in (sari.cookie, "saring_" + sari.cookie, "", "saring_", raw + "x", raw[:-1], token["mati"].token):
    assert outside(nobody.ask("/log", headers={"Authorization": f"Bearer {bearer}"})), bearer
assert outside(nobody.ask("/log", headers={"Authorization": f"Basic {raw}"}))
for field in ("token", "access_token", "bearer"): assert nobody.get(f"/log?{field}={raw}").status == 400
both = Someone(console, f"{work}/sari.jar", token["rules"].token)
assert both.get("/people").status == 403 and both.get("/log").status == 403, "the cookie helps a token"
assert moved(both.ask(here, "POST", {"Origin": url}, {**good, "once": "0" * 32})) == (403, "no_scope")
assert nobody.ask("/log", headers={"Authorization": f"bearer {raw}"}).status == 200, "the scheme's name in any case"

# A token asks no more than its share.
machine = token["figures"]
machine.is_patient = False
statuses = [machine.get("/count").status for i in range(200)]
assert statuses[0] == 200 and 429 in statuses, "no bound"
late = machine.get("/count")
assert late.status == 200 or (late.json["error"] == "too_many" and int(late.headers["Retry-After"]) > 0)
assert token["sources"].get("/sources").status == 200, "another token waits for it"

missing = {(path, method) for (path, method), gives in has_json.items() if gives} - {(path, method.lower()) for method, path in console.checked}
# Not here: a case of one post has nothing to split, and nothing was captured.
assert missing <= {("/cases/{id}/copies", "post"), ("/cases/{id}/evidence", "post"), ("/captures/{name}", "get"), ("/captures/{name}/look", "get")}, missing
print("48 each scope on each route ok", tried)
PY
lacks "$(cat "$work/run.log")" "$(cut -c8- "$work/machine-semua")" 'the log'
has "$(cat "$work/run.log")" 'event=token_refused token=uji-semua' 'a refused token is logged by its name'
has "$("$saring" token list --json --state "$state" | jq -r 'select(.name == "uji-semua") | .used')" "$(date -u +%Y-)" 'the day of its use'
"$saring" audit verify --state "$state" >/dev/null
# Passwords, codes and tokens that are none are counted in the log: a row at once, the rest within the hour.
is "$("$saring" audit show --json --state "$state" | jq -c 'select(.action == "sign_in_refused") | .detail | [.tokens, .passwords, .people]' | tail -n 1)" \
    '[0,1,{"tono":1}]' 'refused sign-ins in the log'
