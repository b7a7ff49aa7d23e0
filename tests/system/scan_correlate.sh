#!/bin/bash
# Filters and correlations over posts: found in `saring scan`, by sites and claims, never by persons.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/rules/own"
cat >"$work/rules/own/pulsa.yml" <<'END'
title: Situs yang banyak disebut
id: 00000000-0000-4000-8000-0000000000aa
level: high
correlation:
  type: event_count
  rules: [pulsa]
  group-by: [link.domain]
  timespan: 2h
  condition: { gte: 3 }
  generate: true
---
title: Jarang
id: 00000000-0000-4000-8000-0000000000ab
level: low
correlation:
  type: event_count
  rules: [pulsa]
  group-by: [link.host]
  timespan: 2h
  condition: { lte: 1 }
---
title: Sumber
id: 00000000-0000-4000-8000-0000000000ac
level: low
correlation: { type: event_count, rules: [pulsa], group-by: source, timespan: 2h, condition: { gte: 1 } }
---
title: Pulsa yang sudah dikenal
id: 00000000-0000-4000-8000-0000000000ad
logsource: { category: post }
filter:
  rules: [pulsa]
  selection: { 'text|words': uji coba }
  condition: selection
---
title: Pulsa pemilih
id: 3d0f5a52-7b0e-4c52-9a43-5f8f0f1c7e21
name: pulsa
date: 2026-11-24
logsource: { category: post }
detection:
  pulsa: { 'text|skeleton|contains': pulsa pemilih }
  tautan: { 'link.host|exists': true }
  condition: pulsa and tautan
level: high
basis:
  class: fraud
  evidence:
    - { type: official, url: 'https://kpu-contoh.example/pulsa', publisher: KPU Contoh, published: 2026-11-10, impersonates: KPU Contoh }
  expires: 2027-06-30
tests:
  match: [{ text: 'pulsa pemilih gratis di a.pulsa-contoh.com/x' }]
  pass: [{ text: 'pulsa pemilih' }, { text: 'uji coba: pulsa pemilih di a.pulsa-contoh.com' }]
END
cat >"$work/posts.ndjson" <<'END'
{"id":"3","text":"pulsa pemilih di a.pulsa-contoh.com/3","published":"2026-11-20T10:50:00Z","source":"akun-budi"}
{"id":"2","text":"pulsa pemilih di pulsa-contoh.com/2","published":"2026-11-20T10:20:00Z","source":"akun-budi"}
{"id":"8","text":"uji coba pulsa pemilih di pulsa-contoh.com/2","published":"2026-11-20T10:20:00Z"}
{"id":"1","text":"pulsa pemilih di b.pulsa-contoh.com/1","published":"2026-11-20T09:00:00Z","author_name":"Budi"}
{"id":"4","text":"pulsa pemilih di budi.blogspot.com/1","published":"2026-11-20T09:00:00Z"}
{"id":"5","text":"pulsa pemilih di budi.blogspot.com/2","published":"2026-11-20T09:00:00Z"}
{"id":"6","text":"pulsa pemilih di budi.blogspot.com/3","published":"2026-11-20T09:00:00Z"}
{"id":"7","text":"pulsa pemilih di pulsa-contoh.com/3"}
END
"$saring" scan --rules "$work/rules" "$work/posts.ndjson" >"$work/out" 2>"$work/err" || fail "scan: $(cat "$work/err")"
python3 - "$work/out" <<'END'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
posts = {line["post"]["id"] for line in lines if "post" in line}
assert posts == set("1234567"), posts  # the filter has let 8 go
found = [line for line in lines if "correlation" in line]
many = [line for line in found if line["correlation"]["title"] == "Situs yang banyak disebut"]
assert len(many) == 1, found
assert many[0]["group"] == {"link.domain": "pulsa-contoh.com"} and many[0]["number"] == 3, many
assert many[0]["first"] == "2026-11-20T09:00:00Z" and many[0]["last"] == "2026-11-20T10:50:00Z", many
assert many[0]["correlation"]["class"] == "fraud", many
rare = {line["group"]["link.host"] for line in found if line["correlation"]["title"] == "Jarang"}
assert rare == {"pulsa-contoh.com", "a.pulsa-contoh.com", "b.pulsa-contoh.com"}, rare
# Neither what a platform gives to its user nor an account is ever a group.
assert not any("budi" in json.dumps(line).lower() for line in found), found
END
has "$(cat "$work/err")" "1 pos tanpa waktu" "a post without a time is counted"
has "$(cat "$work/err")" "7 pos tidak dihitung menurut sumber" "posts of sources that nobody knows"

# By source: where a file says that it is an organisation's, and only there.
cat >"$work/sources.yml" <<'END'
sources:
  - { id: akun-budi, kind: rss, url: 'https://contoh.example/rss' }
END
"$saring" scan --rules "$work/rules" --sources "$work/sources.yml" "$work/posts.ndjson" >"$work/out" 2>"$work/err"
lacks "$(cat "$work/out")" '"title":"Sumber"' "a source without an organisation"
has "$(cat "$work/err")" "--sources names no organisation of theirs, and persons are not counted" "the reason"
sed -i "s|rss' }|rss', organisation: Lembaga Contoh }|" "$work/sources.yml"
"$saring" scan --rules "$work/rules" --sources "$work/sources.yml" "$work/posts.ndjson" >"$work/out" 2>"$work/err"
has "$(grep '"title":"Sumber"' "$work/out")" '"group":{"source":"akun-budi"}' "an organisation's source"
sed -i 's/kind: rss/kind: youtube/; s/, organisation: Lembaga Contoh//' "$work/sources.yml"
status=0
out=$("$saring" scan --rules "$work/rules" --sources "$work/sources.yml" "$work/posts.ndjson" 2>&1) || status=$?
is $status 2 "a single-author source without an organisation"
has "$out" "sources.yml:2:" "where it stands"
has "$out" "organisation" "why"

# What a correlation names speaks for itself only where that is asked for (generate).
sed -i '/generate: true/d' "$work/rules/own/pulsa.yml"
"$saring" scan --rules "$work/rules" "$work/posts.ndjson" >"$work/out" 2>"$work/err"
lacks "$(cat "$work/out")" '"post"' "posts of a rule that only correlations speak for"
has "$(cat "$work/out")" '"title":"Situs yang banyak disebut"' "the correlation"
"$saring" rules check "$work/rules" >"$work/check" 2>&1 || fail "rules check: $(cat "$work/check")"

# A person is refused, with the reason.
sed -i 's/group-by: source/group-by: author_name/' "$work/rules/own/pulsa.yml"
status=0
out=$("$saring" rules check "$work/rules" 2>&1) || status=$?
is $status 1 "check of a correlation over authors"
has "$out" "'author_name' is a person, and persons are not counted" "the reason"
