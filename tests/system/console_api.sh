#!/bin/bash
# What machines ask the console: health, readiness and figures.
. "$(dirname "$0")/lib.sh"
need curl
need jq
. tests/system/console_site.bash

status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
json() { curl -fsS -H 'Accept: application/json' "$@"; }

# Health, readiness, figures: for machines of this machine alone.
is "$(curl -fsS "$url/healthz")" ok health
is "$(curl -fsS "$url/readyz")" ok readiness
is "$(status -X POST -d a=b "$url/metrics")" 405 'a POST of figures'
for field in 'X-Forwarded-For: 192.0.2.1' 'Forwarded: for=192.0.2.1' 'Via: 1.1 x' 'X-Real-IP: 192.0.2.1'; do
    is "$(status -H "$field" "$url/metrics")" 403 "figures through a proxy ($field)"
done
is "$(status -H 'Host: rebind.example' "$url/metrics")" 421 'figures, another name'
curl -fsS "$url/metrics" >"$work/metrics"
is "$(curl -fsS -o /dev/null -w '%{content_type}' "$url/metrics")" 'text/plain; version=0.0.4; charset=utf-8' 'the type of figures'
python3 - "$work/metrics" <<'PY' || fail 'the figures are not in the text format'
import re, sys
text = open(sys.argv[1]).read()
assert text.endswith("\n")
types, helps, seen, done, last = {}, set(), set(), set(), None
sample = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-z_]+="[a-z_]*",?)*\})? (-?[0-9]+(?:\.[0-9]+)?)$')
for line in text.splitlines():
    if line.startswith("# HELP "):
        helps.add(line.split(" ", 3)[2]); continue
    if line.startswith("# TYPE "):
        _, _, name, kind = line.split(" ")
        assert name not in types and kind in ("gauge", "counter"), line
        types[name] = kind; continue
    name, labels, value = sample.fullmatch(line).groups()
    assert name in types and name in helps, line
    assert (name, labels) not in seen, line
    if name != last:
        assert name not in done, "a family in two parts: " + line
        done.add(last); last = name
    seen.add((name, labels))
    assert types[name] == "gauge" or name.endswith("_total"), line
    assert float(value) >= 0, line
assert set(types) == {n for n, _ in seen}
PY
figure() { awk -v name="$1" '$1 == name { print $2 }' "$work/metrics"; }
total() { local page=1 sum=0 count; while count=$(json "$url/?$1&page=$page" | jq '.items | length'); [ "$count" -gt 0 ]; do sum=$((sum + count)); page=$((page + 1)); done; echo "$sum"; }
is "$(figure 'saring_cases{class="fraud",state="flagged"}')" "$(total 'class=fraud&state=flagged')" 'cases that wait'
is "$(grep -c '^saring_cases{' "$work/metrics")" 60 'three classes, twenty states'
is "$(figure saring_season_running)" 0 'no season'
rows_agree() { [ "$(curl -fsS "$url/metrics" | sed -n 's/^saring_log_rows_total //p')" = "$("$saring" audit show --json --state "$work/state" | tail -n 1 | jq .seq)" ]; }
wait_for 30 rows_agree
for word in nama_rahasia_penulis ujikonsol uji.example; do
    lacks "$(cat "$work/metrics")" "$word" 'figures'
done

# Errors as problems (RFC 9457), where JSON is asked for; a page where it is not.
problem() { # problem STATUS NAME CURL_OPTION…
    local got
    got=$(curl -s -o "$work/problem" -w '%{http_code} %{content_type}' -H 'Accept: application/json' "${@:3}")
    is "$got" "$1 application/problem+json" "$2"
    is "$(jq -r '[.type, .status, .error, (.title | length > 0), (.detail | length > 0)] | map(tostring) | join(" ")' "$work/problem")" \
        "about:blank $1 $2 true true" "the problem $2"
}
head -c 70000 /dev/zero | tr '\0' ' ' >"$work/large"
problem 400 bad_request "$url/?class=opinion"
problem 401 not_signed_in "$url/log"
problem 403 forbidden -H 'Via: 1.1 x' "$url/metrics"
problem 403 not_from_here -H 'Origin: https://lain.example' -d name=x "$url/sign-in"
problem 404 not_found "$url/cases/999999"
problem 404 not_found "$url/admin"
problem 405 method_not_allowed -X POST -d a=b "$url/"
problem 405 method_not_allowed -X BREW "$url/"
problem 414 too_long "$url/?$(head -c 2000 /dev/zero | tr '\0' a)"
problem 415 no_form -H "Origin: $url" -H 'Content-Type: text/plain' -d '{}' "$url/sign-in"
problem 400 bad_request -H "Origin: $url" -H 'Content-Type: application/json' -d '{"name":' "$url/sign-in"
problem 400 bad_request -H "Origin: $url" -H 'Content-Type: application/json' -d '{"name":"x","rights":"admin"}' "$url/sign-in"
problem 403 wrong -H "Origin: $url" -H 'Content-Type: application/json' -d '{"name":"x","password":"y"}' "$url/sign-in"
problem 413 too_large -H "Origin: $url" -H 'Content-Type: application/json' --data-binary "@$work/large" "$url/sign-in"
problem 421 wrong_host -H 'Host: rebind.example' "$url/"
is "$(curl -s -o /dev/null -w '%{content_type}' "$url/admin")" 'text/html; charset=utf-8' 'an error for a browser'

# The OpenAPI document against the table in the source and against what is served.
json "$url/api/openapi.json" >"$work/openapi.json"
json "$url/" >"$work/queue.json"
python3 - "$work/openapi.json" "$url" "$work/queue.json" <<'PY' || fail 'the OpenAPI document and the routes differ'
import json, re, sys, time, urllib.error, urllib.request
document = json.load(open(sys.argv[1])); url = sys.argv[2]; queue = json.load(open(sys.argv[3]))
assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
assert set(document) <= {"openapi", "info", "paths", "components"}
assert document["info"]["title"] and document["info"]["version"]

def target(ref):
    assert ref.startswith("#/"), ref
    at = document
    for part in ref[2:].split("/"): at = at[part]
    return at
def resolve(thing): return target(thing["$ref"]) if "$ref" in thing else thing
def walk(thing):
    if isinstance(thing, dict):
        if "$ref" in thing: target(thing["$ref"])
        for one in thing.values(): walk(one)
    elif isinstance(thing, list):
        for one in thing: walk(one)
walk(document)

# The table, read from the source on a way of its own.
places = dict(re.findall(r'X\((ROUTE_\w+), "([^"]+)"\)', open("filter/console/place.h").read()))
rows = re.findall(r"\{\s*(ROUTE_\w+),\s*METHOD_(\w+),", open("filter/console/routes.c").read())
table = {(places[place], method.lower()) for place, method in rows}
said = {(path, method) for path, of in document["paths"].items() for method in of}
assert len(rows) == len(table) > 40 and set(places.values()) == {path for path, _ in table}
assert table == said, table ^ said

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *rest): return None
opener = urllib.request.build_opener(Stay)
def ask(path, method, accept, body=None, more={}):
    while True:
        request = urllib.request.Request(url + path, data=body, method=method.upper(), headers={"Accept": accept, **more})
        try: answer = opener.open(request, timeout=60)
        except urllib.error.HTTPError as error: answer = error
        text = answer.read()
        if answer.status != 429: return answer.status, answer.headers.get_content_type(), text
        time.sleep(int(answer.headers["Retry-After"]) / 10)  # counted against this address: asked again

names = {"id": str(queue["items"][0]["id"]), "name": queue["items"][0]["rule_id"], "tag": "00000000"}
ids = set()
for path, of in sorted(document["paths"].items()):
    real = re.sub(r"\{(\w+)\}", lambda m: names[m[1]], path)
    for method, operation in of.items():
        where = f"{method} {path}"
        assert operation["operationId"] not in ids, where
        ids.add(operation["operationId"])
        parameters = [resolve(one) for one in operation["parameters"]]
        assert sorted(re.findall(r"\{(\w+)\}", path)) == sorted(p["name"] for p in parameters if p["in"] == "path"), where
        assert all(p["required"] for p in parameters if p["in"] == "path")
        assert ("requestBody" in operation) == (method == "post"), where
        for accept in ("application/json", "text/html"):
            body = b"" if method == "post" else None
            status, kind, text = ask(real, method, accept, body)
            assert status not in (404, 405) and status < 500, (where, status)
            answer = resolve(operation["responses"].get(str(status), operation["responses"]["default"]))
            assert status == 303 or kind in answer["content"], (where, status, kind)
            assert status == 200 or str(status) in operation["responses"] or kind in ("application/problem+json", "text/html"), (where, status)
            # Whoever may is whom the document says: nobody here is signed in.
            if status == 200: assert operation["security"] == [] or {} in operation["security"], where
            if status == 401: assert operation["security"] and operation["x-roles"], where
            if kind == "application/problem+json":
                problem = json.loads(text)
                assert set(document["components"]["schemas"]["problem"]["required"]) <= set(problem), problem
    for other in {"get", "post"} - set(of):
        assert ask(real, other, "application/json", b"" if other == "post" else None)[0] == 405, (other, path)

# What the query may hold is read; a form's own fields are taken up to their length, and no other.
for name, parameter in document["components"]["parameters"].items():
    values = parameter["schema"].get("enum") or [queue["next"] if name == "after" else "2"]
    for value in values: assert ask(f"/?{name}={value}", "get", "application/json")[0] == 200, (name, value)
    assert ask(f"/?{name}=%01", "get", "application/json")[0] == 400, name
form = document["paths"]["/sign-in"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
assert form["additionalProperties"] is False and {"name", "password", "token", "once"} == set(form["properties"])
sender = {"Origin": url, "Content-Type": "application/x-www-form-urlencoded"}
most = form["properties"]["name"]["maxLength"]
assert ask("/sign-in", "post", "application/json", b"rights=admin", sender)[0] == 400
assert ask("/sign-in", "post", "application/json", b"name=" + b"x" * (most + 1), sender)[0] == 400
assert ask("/sign-in", "post", "application/json", b"password=&name=" + b"x" * most, sender)[0] != 400

try: import jsonschema
except ImportError: print("jsonschema is not installed: schemas are not checked"); sys.exit()
def schema(thing):
    return {"$defs": document["components"]["schemas"], **thing}
for name, one in document["components"]["schemas"].items(): jsonschema.Draft202012Validator.check_schema(one)
for parameter in document["components"]["parameters"].values(): jsonschema.Draft202012Validator.check_schema(parameter["schema"])
for of in document["paths"].values():
    for operation in of.values():
        for content in operation.get("requestBody", {}).get("content", {}).values(): jsonschema.Draft202012Validator.check_schema(content["schema"])
jsonschema.validate(queue, {"$ref": "#/components/schemas/queue_list", **document})
PY

# What a client has already is not sent again.
style=$(curl -fsS "$url/" | grep -o '/style-[0-9a-f]*\.css')
script=$(curl -fsS "$url/" | grep -o '/app-[0-9a-f]*\.js' || true)
for target in / /cases/1 '/?page=2' /api/openapi.json "$style" $script; do
    tag=$(json -o /dev/null -D - "$url$target" | tr -d '\r' | sed -n 's/^ETag: //p')
    [[ $tag =~ ^W/\"[0-9a-f]{32}\"$ ]] || fail "$target has the tag [$tag]"
    is "$(curl -s -o "$work/again" -w '%{http_code} %{size_download}' -H 'Accept: application/json' -H "If-None-Match: $tag" "$url$target")" \
        '304 0' "$target again"
    is "$(curl -s -o "$work/again" -w '%{http_code}' --compressed -H 'Accept: application/json' -H "If-None-Match: $tag" "$url$target")" \
        304 "$target again, packed"
    is "$(status -I -H 'Accept: application/json' -H "If-None-Match: $tag" "$url$target")" 304 "HEAD of $target again"
    is "$(status -H 'Accept: application/json' -H 'If-None-Match: "0"' "$url$target")" 200 "$target, another tag"
done
lacks "$(curl -fsSI "$url/")" ETag 'a page, which has a token of its own'

# Cursors: the whole queue, a case at a time each once, in the order of the pages.
ids=$(for page in 1 2 3; do json "$url/?page=$page" | jq '.items[].id'; done)
walk() { # walk QUERY: the numbers of all cases by following "next"
    local after='' got
    while :; do
        got=$(json "$url/?$1$after")
        jq '.items[].id' <<<"$got"
        after=$(jq -r '.next // empty' <<<"$got")
        is "$(jq .has_more <<<"$got")" "$([ -n "$after" ] && echo true || echo false)" 'has_more and next'
        [ -n "$after" ] || break
        after="&after=$after"
    done
}
is "$(walk 'lang=id')" "$ids" 'by cursors and by pages'
is "$(walk 'state=all&class=fraud' | wc -l)" 62 'by cursors, filtered'
problem 400 bad_request "$url/?after=xyz"
