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
        ! grep -qaF "$secret" "$kept" || fail "a token lies in $kept"
    done
done
is "$("$saring" audit show --json --state "$state" | jq -r 'select(.action == "token") | .detail.name' | grep -c '^uji-')" $((${#scopes[@]} + 2)) 'rows of the log'

for i in $(seq 60); do # more than one answer of the log holds
    "$saring" token make "baris$i" --scope metrics --days 1 --reason 'Dua baris log.' --state "$state" >/dev/null 2>&1
    "$saring" token end "baris$i" --reason 'Dua baris log.' --state "$state"
done

"$saring" token end uji-mati --reason 'Selesai diuji.' --state "$state"

python3 - "$url" "$work" "$id" "$evidence" "$facts" <<'PY' || fail 'the JSON of the console'
import json, re, sys
sys.path.insert(0, "tests/system/support")
from api import Console, Someone
url, work, case, evidence, facts = sys.argv[1:]
console = Console(url)
document = console.document
who = {name: Someone(console, f"{work}/{name}.jar") for name in ("sari", "rina", "dewi", "adit", "kelola")}
role = {"sari": "team", "rina": "independent", "dewi": "appeals", "adit": "auditor", "kelola": "admin"}
nobody = Someone(console)
token = {name: Someone(console, token=open(f"{work}/machine-{name}").read().strip())
         for name in ("cases", "entries", "log", "figures", "rules", "sources", "metrics", "semua", "mati")}

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

missing = {(m.upper(), p) for (p, m), gives in has_json.items() if gives} - console.checked
print("48 each scope on each route ok", tried)
print("not answered with 200 here:", sorted(missing))
PY
lacks "$(cat "$work/run.log")" "$(cut -c8- "$work/machine-semua")" 'the log'
has "$(cat "$work/run.log")" 'event=token_refused token=uji-semua' 'a refused token is logged by its name'
has "$("$saring" token list --json --state "$state" | jq -r 'select(.name == "uji-semua") | .used')" "$(date -u +%Y-)" 'the day of its use'
"$saring" audit verify --state "$state" >/dev/null
# Tokens that are none, and passwords, are counted in the log: a row at once, the rest within the hour.
is "$("$saring" audit show --json --state "$state" | jq -c 'select(.action == "sign_in_refused") | .detail | [.tokens, .passwords, .people]' | tail -n 1)" \
    '[1,0,{}]' 'refused tokens in the log'
