#!/bin/bash
# rules/schema.json, by which editors help, and the language say the same: the shipped rules fit it, and every
# key, modifier, field and class that one of the two takes the other one takes too.
. "$(dirname "$0")/lib.sh"
python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema or python3-yaml is not installed"

cat >"$work/schema.py" <<'PY'
import datetime, glob, json, os, re, subprocess, sys
import jsonschema, yaml

schema = json.load(open("rules/schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
judge = jsonschema.Draft7Validator(schema)
saring, work = sys.argv[1:]
wrong = []

def load(text):
    class Loader(yaml.SafeLoader):
        pass
    # YAML 1.2's core schema knows no dates, and neither do editors.
    Loader.yaml_implicit_resolvers = {k: [(t, r) for t, r in v if t != "tag:yaml.org,2002:timestamp"]
                                      for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return list(yaml.load_all(text, Loader))

def fits(document):
    return judge.is_valid(document)

# Shipped rules fit, and name the schema where editors look for it; templates name it too.
for path in sorted(glob.glob("rules/fraud/*.yml") + glob.glob("feeds/example/rules/*.yml")):
    text = open(path, encoding="utf-8").read()
    for document in load(text):
        for error in judge.iter_errors(document):
            wrong.append(f"{path}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
for path in glob.glob("rules/*/*.yml") + glob.glob("feeds/example/rules/*.yml"):
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", open(path, encoding="utf-8").read())
    if not found or not os.path.samefile(os.path.join(os.path.dirname(path), found[1]), "rules/schema.json"):
        wrong.append(f"{path}: its first line does not name rules/schema.json")

BASIS = {"class": "fraud", "expires": "2027-01-01", "evidence": [
    {"type": "official", "url": "https://contoh.example/", "publisher": "C", "published": "2026-01-01", "impersonates": "C"}]}
PLAIN = {"title": "t", "id": "6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01", "level": "low",
         "logsource": {"category": "post"}, "detection": {"a": {"text|words": "qqzzqq"}, "condition": "a"},
         "basis": BASIS, "tests": {"match": [{"text": "qqzzqq"}], "pass": [{"text": "lain"}]}}

def said(rule):
    """What `rules check` says of it: errors, and warnings of what it does not know."""
    os.makedirs(work + "/rules/lists", exist_ok=True)
    open(work + "/rules/lists/kata.txt", "w").write("qqzzqq\n")
    json.dump(rule, open(work + "/rules/uji.yml", "w"))
    out = subprocess.run([saring, "rules", "check", "--json", work + "/rules"], capture_output=True, text=True).stdout
    return [o for o in map(json.loads, out.splitlines()) if "message" in o and
            (o["kind"] == "error" or "unknown" in o["message"])]

def changed(**parts):
    return {k: v for k, v in {**PLAIN, **parts}.items() if v is not None}

def alike(name, rule):
    answer = said(rule)
    if fits(rule) == bool(answer):
        wrong.append(f"{name}: the schema says {fits(rule)}, rules check says {answer}")

alike("the plain rule", PLAIN)
# Modifiers: all that the language has a name for, in a form that makes sense.
source = open("filter/rule/key.h").read()
table = source[source.index("#define RULE_MODIFIERS(X)"):source.index("enum rule_modifier {")]
modifiers = re.findall(r'X\([A-Z0-9]+, "([a-z0-9]+)"\)', table)
assert len(modifiers) > 20, modifiers
keys = {"i": "text|re|i", "m": "text|re|m", "s": "text|re|s", "wide": "text|wide|base64offset|contains",
        "utf16le": "text|utf16le|base64offset|contains", "utf16be": "text|utf16be|base64offset|contains",
        "utf16": "text|utf16|base64offset|contains", "exists": "title|exists", "expand": "text|words|expand",
        "cidr": "link.host|cidr", "all": "text|words|all", "windash": "text|windash|contains",
        "base64": "text|base64|contains", "base64offset": "text|base64offset|contains"}
given = {"exists": True, "expand": "%kata%", "cidr": "192.0.2.0/24", "all": ["qqzzqq", "qqyyqq"]}
for modifier in modifiers + ["contain", "regex", "word"]:
    key = keys.get(modifier, f"text|{modifier}")
    alike(f"modifier {modifier}", changed(tests=None, detection={
        "a": {key: given.get(modifier, "qqzzqq")}, "b": {"text|words": "qqxxqq"}, "condition": "a and b"}))
allowed = re.search(r"\\\|\(([a-z0-9|]+)\)\)\*\$", next(iter(schema["definitions"]["map"]["patternProperties"])))[1].split("|")
for modifier in set(allowed) - set(modifiers):
    wrong.append(f"modifier {modifier}: in the schema, not in the language")
# Fields.
fields = re.search(r'static const char \*const fields\[\] = \{(.*?)NULL\}', open("filter/rule/item.c").read(), re.S)[1]
fields = re.findall(r'"([a-z._]+)"', fields)
assert "link.domain" in fields, fields
for field in fields + ["teks", "author", "link"]:
    alike(f"field {field}", changed(tests=None, detection={
        "a": {f"{field}|contains": "qqzzqq"}, "b": {"text|words": "qqxxqq"}, "condition": "a and b"}))
# Keys of the document: unknown ones are Sigma's to add, so the schema lets them be; known ones it names.
top = re.search(r"top_keys\[\] = \{(.*?)NULL\}", open("filter/rule/head.c").read(), re.S)[1]
top = set(re.findall(r'"([a-z]+)"', top))
if top != set(schema["properties"]):
    wrong.append(f"keys of a rule: {sorted(top ^ set(schema['properties']))} are in one of the two alone")
for key in ("title", "id", "level", "detection", "basis"):
    alike(f"without {key}", changed(**{key: None}))
for name, parts in {
        "a fourth class": {"basis": {**BASIS, "class": "opinion"}}, "no class": {"basis": {"evidence": BASIS["evidence"], "expires": "2027-01-01"}},
        "no evidence": {"basis": {**BASIS, "evidence": []}}, "evidence of another class": {"basis": {**BASIS, "class": "claim"}},
        "another key in basis": {"basis": {**BASIS, "note": "x"}}, "no expiry": {"basis": {k: v for k, v in BASIS.items() if k != "expires"}},
        "a level that is none": {"level": "severe"}, "a status that is none": {"status": "final"}, "an id that is none": {"id": "x"},
        "another logsource": {"logsource": {"category": "proxy"}}, "no condition": {"detection": {"a": {"text|words": "qqzzqq"}}},
        "an empty list": {"detection": {"a": {"text|words": []}, "condition": "a"}, "tests": None},
        "another kind of test": {"tests": {"fail": [{"text": "x"}]}}, "another key in a test": {"tests": {"match": [{"body": "qqzzqq"}]}},
        "a date that is none": {"date": "kemarin"}}.items():
    alike(name, changed(**parts))
    if fits(changed(**parts)):
        wrong.append(f"{name}: the schema lets it be")
for word in ("informational", "low", "medium", "high", "critical"):
    alike(f"level {word}", changed(level=word))
for word in ("stable", "test", "experimental"):
    alike(f"status {word}", changed(status=word))
for key in BASIS["evidence"][0]:
    one = {k: v for k, v in BASIS["evidence"][0].items() if k != key}
    alike(f"evidence without {key}", changed(basis={**BASIS, "evidence": [one]}))
for line in wrong:
    print(line)
sys.exit(bool(wrong))
PY
python3 "$work/schema.py" "$saring" "$work" || fail "rules/schema.json and the language differ"
