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
total() { local page=1 sum=0 count; while count=$(json "$url/?$1&page=$page" | jq '.cases | length'); [ "$count" -gt 0 ]; do sum=$((sum + count)); page=$((page + 1)); done; echo "$sum"; }
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
problem 400 bad_request "$url/?class=opinion"
problem 401 not_signed_in "$url/log"
problem 403 forbidden -H 'Via: 1.1 x' "$url/metrics"
problem 403 not_from_here -H 'Origin: https://lain.example' -d name=x "$url/sign-in"
problem 404 not_found "$url/cases/999999"
problem 404 not_found "$url/admin"
problem 405 method_not_allowed -X POST -d a=b "$url/"
problem 405 method_not_allowed -X BREW "$url/"
problem 414 too_long "$url/?$(head -c 2000 /dev/zero | tr '\0' a)"
problem 415 no_form -H "Origin: $url" -H 'Content-Type: application/json' -d '{}' "$url/sign-in"
problem 421 wrong_host -H 'Host: rebind.example' "$url/"
is "$(curl -s -o /dev/null -w '%{content_type}' "$url/admin")" 'text/html; charset=utf-8' 'an error for a browser'
