#!/bin/bash
# Fact-checks: taken in from the forms that they come in, found for a text, drafted into a rule that
# loads, and taken back.
. "$(dirname "$0")/lib.sh"
need jq
state=$work/state
claims() { "$saring" claims "$@" --state "$state"; }

cat >"$work/halaman.json" <<'END'
{"@context": "https://schema.org", "@graph": [
  {"@type": "WebPage", "name": "Halaman"},
  {"@type": "ClaimReview", "url": "https://turnbackhoax.id/2026/11/01/tinta",
   "claimReviewed": "Tinta pemilu di Kaltara mengandung racun dan membuat kebal hitung",
   "headline": "[SALAH] Tinta pemilu 'beracun'", "datePublished": "2026-11-01",
   "author": {"@type": "Organization", "name": "Mafindo"},
   "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "alternateName": "Salah"}}]}
END
cat >"$work/daftar.ndjson" <<'END'
{"url":"https://cekfakta.tempo.co/1","claim":"Pencoblosan dipindah ke hari Kamis","rating":"Hoaks","rated":"2026-11-02"}
{"url":"https://cekfakta.tempo.co/2","claim":"Hujan deras di hari pencoblosan","rating":"Belum terbukti"}
bukan json
{"url":"https://kominfo.go.id/3","claim":"Apa saja","rating":"Salah"}
END
is "$(claims import "$work/halaman.json" --json | jq -c '[.added, .refused]')" '[1,0]' "a page's JSON-LD"
status=0
out=$(claims import "$work/daftar.ndjson" --json 2>"$work/bad") || status=$?
is $status 1 "exit code when some are refused"
is "$(jq -c '[.added, .refused]' <<<"$out")" '[2,2]' "a list"
has "$(cat "$work/bad")" "daftar.ndjson:3: is not JSON" "a bad line is named"
has "$(cat "$work/bad")" "daftar.ndjson:4: its url" "a state's checker is refused"
is "$(claims import - --json <"$work/halaman.json" | jq -c '[.added, .same]')" '[0,1]' "from stdin, again"
is "$(claims list --json | jq -c .claim | wc -l)" 2 "rated false"
is "$(claims list --all --json | wc -l)" 3 "all"

is "$(claims like "katanya nyoblos pindah Kamis lho" --json | head -n 1 | jq -r .url)" https://cekfakta.tempo.co/1 "alike"
status=0
claims like "sesuatu" >"$work/out" || status=$?
is $status 1 "nothing alike"

# The draft is a rule that loads and passes its own tests.
mkdir -p "$work/aturan"
id=$(claims list --json | jq 'select(.publisher == "MAFINDO") | .id')
claims draft "$id" --out "$work/aturan/tinta.yml" 2>/dev/null
"$saring" rules check rules "$work/aturan" >"$work/check.out" || fail "the draft does not load: $(cat "$work/check.out")"
"$saring" rules test "$work/aturan/tinta.yml" >"$work/test.out" || fail "its tests: $(cat "$work/test.out")"
status=0
claims draft "$id" --out "$work/aturan/tinta.yml" 2>"$work/err" || status=$?
is $status 2 "a file is never overwritten"
status=0
claims draft 3 >"$work/out" 2>"$work/err" || status=$?
is $status 1 "no rule rests on what is not plainly false"

# A rating that changed, and a page that its publisher withdrew.
sed -i 's/"alternateName": "Salah"/"alternateName": "Sebagian benar"/' "$work/halaman.json"
is "$(claims import "$work/halaman.json" --json | jq -c '[.changed, .gone]')" '[1,0]' "another rating"
is "$(claims list --json | wc -l)" 1 "it is no longer false"
claims withdraw https://cekfakta.tempo.co/1 --reason 'Halamannya ditarik.' >/dev/null
is "$(claims list --json | wc -l)" 0 "withdrawn"
status=0
claims withdraw https://cekfakta.tempo.co/9 --reason 'Halamannya ditarik.' >"$work/out" 2>"$work/err" || status=$?
is $status 1 "a page that is not known"
"$saring" audit verify --state "$state" >/dev/null || fail "the log's chain"
is "$("$saring" audit show --json --state "$state" | jq -r 'select(.action == "claims") | .action' | wc -l)" 4 "rows of the log"
printf 'x' | claims import - >"$work/out" 2>"$work/err" && fail "no document is taken in"
has "$(cat "$work/err")" "neither JSON-LD nor NDJSON" "what it would have to be"
