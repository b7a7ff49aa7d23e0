#!/bin/bash
# `saring lists guard -`: each guard refuses what is its own, in one line of JSON each.
. "$(dirname "$0")/lib.sh"
need jq
ask() { printf '%s\n' "$1" | "$saring" lists guard "${@:2}" - --rules rules --state "$work/state" || true; }
by() { ask "$@" | jq -r '[.refused, (.by | join(" "))] | join(" ")'; }
is "$(by kpu.go.id)" "true protected" "an election body"
is "$(by x.kpu.go.id)" "true protected" "below it"
is "$(by KPU.go.id.)" "true protected" "another spelling"
is "$(by my.id)" "true public_suffix" "a public suffix"
is "$(by 192.0.2.1)" "true name" "an address"
is "$(by '*.contoh.example')" "true name" "a wildcard"
is "$(by sesuatu.local)" "true reserved" "a reserved name"
is "$(by https://t.me/)" "true shared_host" "a platform as a whole"
is "$(by https://t.me/akun/1)" "false " "a single URL on one"
is "$(by $'\u043Apu.go.id')" "true protected likeness" "a look-alike of a protected name"
is "$(by kpu-daftar.example)" "false " "a name that may be listed"
is "$(by kpu-daftar.example --scope host)" "false " "as a host"
is "$(printf 'go.id\n\n\xff\xfe\nlain.example\n' | "$saring" lists guard - --rules rules --state "$work/state" | jq -c '[.refused]' | tr -d '\n')" \
    '[true][true][false]' "a line each, empty ones left out, whatever its bytes"
status=0
echo kpu.go.id | "$saring" lists guard - --rules rules --state "$work/state" >/dev/null || status=$?
is $status 1 "one refused"
status=0
"$saring" lists guard nama.example --state "$work/state" 2>/dev/null || status=$?
is $status 2 "names come on stdin"

# The line is exactly that; --why adds which line of which file.
is "$(ask kpu.go.id)" '{"name":"kpu.go.id","refused":true,"by":["protected"]}' "a line"
is "$(ask kpu-daftar.example)" '{"name":"kpu-daftar.example","refused":false,"by":[]}' "a line of what may be listed"
has "$(ask kpu.go.id --why | jq -r .why)" "protected/government.txt" "by which file"
is "$(ask xn--kmpas-jye.com | jq -r '[.refused, .looks_like] | join(" ")')" "false kompas.com" "what an A-label reads like"
is "$(by go.id)" "true public_suffix protected" "every guard that refuses"

# Warning lists in MISP's format, below a folder of rules; the public ones where they are.
mkdir -p "$work/rules/protected" "$work/rules/warnings"
echo lindung.example >"$work/rules/protected/uji.txt"
echo '{"name":"Uji","type":"hostname","list":[".kampus.example"]}' >"$work/rules/warnings/uji.json"
warned() { echo "$1" | "$saring" lists guard - --rules "$work/rules" --state "$work/state" | jq -r '.by | join(" ")'; }
is "$(warned www.kampus.example)" warning "a name of a warning list"
is "$(warned kampus-palsu.example)" "" "another name"
echo '{"name":"Uji","type":"hostname","list":[7]}' >"$work/rules/warnings/rusak.json"
status=0
echo a.example | "$saring" lists guard - --rules "$work/rules" --state "$work/state" 2>"$work/rusak" || status=$?
is $status 2 "a warning list that can't be read"
has "$(cat "$work/rusak")" "rusak.json" "which one"
rm "$work/rules/warnings/rusak.json"
public=../shared/corpora/warninglists
if [ -e "$public" ]; then
    cp "$public"/*.json "$work/rules/warnings"
    is "$(warned www.google.co.id)" "shared_host warning" "a public list"
    is "$(warned kampus-palsu.example)" "" "another name, asked of public lists"
fi

# The protected list against sites that nobody copied into it (Citizen Lab's categories): at least
# 60 % are refused, as hosts and as domains.
sites=../shared/corpora/overblocking/id-sites.csv
if [ ! -e "$sites" ]; then
    echo "tanpa / without $sites"
    echo ok
    exit 0
fi
sed '1d; s/\r$//' "$sites" >"$work/sites"
sed -E 's#^[a-z]+://##; s#[/:,].*##' "$work/sites" >"$work/hosts"
sed 's/.*,//' "$work/sites" >"$work/categories"
for scope in host domain; do
    "$saring" lists guard --scope $scope - --rules rules --state "$work/state" <"$work/hosts" |
        jq -r 'if .refused then 1 else 0 end' >"$work/refused" || true
    is "$(wc -l <"$work/refused")" "$(wc -l <"$work/sites")" "an answer for each site"
    paste "$work/categories" "$work/refused" |
        awk -v scope=$scope '{ all[$1]++; hit[$1] += $2; n++; k += $2 }
            END { for (c in all) printf "%s %s %d/%d\n", scope, c, hit[c], all[c] | "sort"; close("sort")
                  printf "%s: %d/%d = %.1f %%\n", scope, k, n, 100 * k / n; exit k < 0.6 * n }' ||
        fail "less than 60 % of $sites is refused as $scope"
done
echo ok
