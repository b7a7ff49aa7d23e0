#!/bin/bash
# Conformance with Sigma 2.1: SigmaHQ's rules load or are refused for a reason that is counted here,
# and each rule of its regression data matches one of its events.
. "$(dirname "$0")/lib.sh"
corpus=$root/../shared/corpora/sigma
eval=$root/build/tests/sigma-eval
make --no-print-directory -C "$root" build/tests/sigma-eval >"$work/make.log" 2>&1 || fail "sigma-eval does not build"

# Rules of our own first, so that the program is tested where the corpus is not.
mkdir -p "$work/own/lists"
cat >"$work/own/rules.yml" <<'END'
title: Satu
id: b-satu
name: satu
logsource: { product: windows }
detection: { a: { CommandLine|contains: '\temp\' }, condition: a }
---
---
title: Dua
id: a-dua
logsource: { product: windows }
detection: { a: { Provider_Name: sysmon, User|expand: '%admins%' }, condition: a }
---
title: Saringan
id: c-saringan
logsource: { product: windows }
filter:
  rules: [satu]
  selection: { User|startswith: adm_ }
  condition: selection
---
END
printf 'adm_*\nroot\n' >"$work/own/lists/admins.txt"
cat >"$work/own.ndjson" <<'END'
{"event": {"Event": {"System": {"Provider": {"#attributes": {"Name": "Sysmon"}}}, "EventData": {"CommandLine": "C:\\TEMP\\a.exe", "User": "budi"}}}}
{"event": {"Event": {"System": {"Provider": {"#attributes": {"Name": "Sysmon"}}}, "EventData": {"CommandLine": "C:\\TEMP\\a.exe", "User": "ADM_rina"}}}}

{"event": {"CommandLine": "x\\temp\\y", "User": "root"}}
{"event": {"Event": {"System": {"Provider": {"#attributes": {"Name": "Sysmon"}}}, "UserData": {"EventXML": {"CommandLine": "\\Temp\\", "User": {"#text": "root"}}}}}}
bukan JSON
{"acara": {}}
END
status=0
"$eval" "$work/own" <"$work/own.ndjson" >"$work/own.out" 2>"$work/own.err" || status=$?
is $status 1 "status with lines that are no events"
is "$(tr '\n' ' ' <"$work/own.out")" '["b-satu"] ["a-dua"] ["b-satu"] ["a-dua", "b-satu"] null null ' "own rules"
has "$(cat "$work/own.err")" "line 6:" "the line that is no event"
status=0
"$eval" "$work/none" </dev/null >/dev/null 2>&1 || status=$?
is $status 2 "status without rules"

[ -d "$corpus" ] || skip "the rest of this test needs ../shared/corpora/sigma"
need jq
need xz
mkdir "$work/rules" "$work/specification"
tar -xJf "$corpus/rules.tar.xz" -C "$work/rules"
tar -xJf "$corpus/specification.tar.xz" -C "$work/specification"
jq -c '.rule as $rule | .events[] | {rule: $rule, event: .}' "$corpus/regression.ndjson" >"$work/events.ndjson"
"$eval" "$work/rules" <"$work/events.ndjson" >"$work/found.ndjson" 2>"$work/refused" ||
    fail "an event or a regex failed: $(tail -n 3 "$work/refused")"

# Every refusal, by its reason; a change of these numbers is a change of the language.
reason() { grep -c "$1" "$work/refused" || true; }
files=$(find "$work/rules" -name '*.yml' | wc -l)
echo "$files files, $(wc -l <"$work/refused") refused:"
while read -r count pattern; do
    echo "  $(reason "$pattern")  $pattern"
    is "$(reason "$pattern")" "$count" "files refused for: $pattern"
done <<'END'
28 there is no list
54 condition: '|' is not part of Sigma 2
3 'timeframe' is not part of Sigma 2
3 'action: global' is not part of Sigma 2
3 condition: there is no search identifier 'write'
1 sigma_cli_conf.yml.* is already there
1 thor.yml.* no detection
END
is "$(wc -l <"$work/refused")" 93 "files that are refused"
is "$(grep -cv 'correlation: {' "$work/refused")" 33 "refusals that need no modern form"
lacks "$(cat "$work/refused")" "/schema/" "a file of the specification's own tests"

# Each rule of the regression data matches one of its events; there is no exception.
jq -rs 'map(.rule) | unique | length' "$work/events.ndjson" >"$work/lines"
is "$(cat "$work/lines")" 87 "rules with events"
missed=$(paste -d '\n' "$work/events.ndjson" "$work/found.ndjson" |
    jq -rs '[range(0; length; 2) as $i | {rule: .[$i].rule, hit: (.[$i].rule as $r | .[$i + 1] | index($r) != null)}]
            | group_by(.rule) | map(select(any(.hit) | not) | .[0].rule) | .[]')
is "$missed" "" "rules that match none of their events"

# The specification's own examples, as far as they are whole rules, correlations and filters.
mkdir "$work/examples"
python3 - "$work/specification" "$work/examples" <<'END'
import pathlib, re, sys
count = 0
for page in sorted(pathlib.Path(sys.argv[1]).rglob("*.md")):
    for block in re.findall(r"^```ya?ml\n(.*?)^```", page.read_text(), re.S | re.M):
        documents = block.split("\n---\n")
        if all(re.search(r"^(detection|correlation|filter):", d, re.M) and re.search(r"^title:", d, re.M) for d in documents):
            if all("rules:\n    - 5638f7c0" not in d for d in documents) and "type:" in block or "detection:" in block or "filter:" in block:
                count += 1
                pathlib.Path(sys.argv[2], f"{count}.yml").write_text(block)
assert count >= 8, count
END
"$eval" "$work/examples" </dev/null >/dev/null 2>"$work/examples.err"
is "$(cat "$work/examples.err")" "" "examples of the specification that are refused"
echo "$(ls "$work/examples" | wc -l) examples of the specification load"

# What we ship, and what this test wrote, is valid by the specification's own JSON schemas.
if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
    python3 - "$work/specification/json-schema" rules/fraud/*.yml feeds/example/rules/*.yml "$work/own/rules.yml" <<'END'
import json, pathlib, sys, jsonschema, yaml
class Text(yaml.SafeLoader):  # dates stay text, as the schemas and YAML 1.2 have them
    yaml_implicit_resolvers = {first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
                               for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
schemas = {kind: jsonschema.Draft202012Validator(json.loads((pathlib.Path(sys.argv[1]) / f"sigma-{name}-schema.json").read_text()))
           for kind, name in (("detection", "detection-rule"), ("correlation", "correlation-rules"), ("filter", "filters"))}
count = 0
for path in sys.argv[2:]:
    for document in filter(None, yaml.load_all(pathlib.Path(path).read_text(), Text)):
        kind = next(kind for kind in schemas if kind in document)
        for error in schemas[kind].iter_errors(document):
            sys.exit(f"{path}: {error.json_path}: {error.message}")
        count += 1
print(f"{count} documents of ours are valid by the specification's schemas")
END
fi
