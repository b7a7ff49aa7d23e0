#!/bin/bash
# REVIEW, section 5, check 48: tokens of machines, each scope on each route. tests/system/console_json.sh
# holds the answers against their schemas as well.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/console_people.bash"
. "$root/tests/system/abuse/abuse.bash"

for name in sari rina; do sign_in $name; done
id=$(find_case 'data pemilih')
scopes=(cases:read entries:read log:read figures:read rules:read sources:read metrics)
for scope in "${scopes[@]}"; do
    "$saring" token make "uji-${scope%%:*}" --scope "$scope" --days 1 --reason 'Uji satu lingkup.' --state "$state" \
        >"$work/machine-${scope%%:*}" 2>/dev/null
done
"$saring" token make uji-semua $(printf -- '--scope %s ' "${scopes[@]}") --days 1 --reason 'Semua lingkup.' --state "$state" \
    >"$work/machine-semua" 2>/dev/null
curl -fsS "$url/api/openapi.json" >"$work/openapi.json"
rule=$(page sari / -H 'Accept: application/json' | jq -r '.items[0].rule_id')
# method, path, the scope that it takes ("-": none), whether it is open to all
jq -r '.paths | to_entries[] | .key as $path | .value | to_entries[] |
    [.key, $path, ((.value.security | map(.token // empty) | add // ["-"])[0]), (.value.security == [])] | @tsv' \
    "$work/openapi.json" >"$work/routes"
[ "$(wc -l <"$work/routes")" -gt 40 ] || fail 'the document has too few routes'

# asked FROM SCOPE METHOD PATH: the status for that token, from an address that asks for nothing else
asked() {
    local path=$4 body=()
    path=${path//\{id\}/$id} path=${path//\{name\}/$rule} path=${path//\{tag\}/00000000}
    [ "$3" = get ] || body=(-H 'Content-Type: application/json' -d '{}')
    curl -s --retry 20 --interface "127.0.48.$1" -o "$work/answer" -w '%{http_code}' -X "${3^^}" -H 'Accept: application/json' \
        -H "Authorization: Bearer $(cat "$work/machine-$2")" "${body[@]}" "$url$path"
}

check 48 'lingkup token mesin / API key scope' 'konsol / console'
at=1
for scope in "${scopes[@]}" semua; do
    at=$((at + 1))
    while IFS=$'\t' read -r method path wants open; do
        case $path in /metrics) continue ;; esac # open to this machine
        [ "$wants" != "$scope" ] && { [ "$scope" != semua ] || [ "$wants" = - ]; } || continue
        [ "$open" = false ] || [ "$method" = post ] || continue
        http "$scope: $method $path" 403 asked "$at" "${scope%%:*}" "$method" "$path"
    done <"$work/routes"
done
[ "$tries" -gt 250 ] || fail "only $tries attempts"
status() { curl -s -o /dev/null -w '%{http_code}' -H 'Accept: application/json' "$@"; }
token=$(cat "$work/machine-semua")
http 'a token as a cookie' 401 status -b "__Host-saring=${token#saring_}" "$url/log"
http 'a token in the address' 400 status "$url/log?access_token=$token"
http 'a session as a token' 401 status -H "Authorization: Bearer $(awk '$6 == "__Host-saring" { print $7 }' "$work/sari.jar")" "$url/log"
http 'a token beside a session' 403 status -b "$work/sari.jar" -H "Authorization: Bearer $token" "$url/people"
http 'figures for elsewhere' 403 status -H 'X-Forwarded-For: 192.0.2.1' -H "Authorization: Bearer $(cat "$work/machine-log")" "$url/metrics"
"$saring" token end uji-semua --reason 'Selesai.' --state "$state"
http 'a token that was ended' 401 status -H "Authorization: Bearer $token" "$url/log"
cli 'a scope to write with' 'tidak ada / there is none' "$saring" token make lain --scope cases:write --days 1 --reason 'Menulis.' --state "$state"
cli 'a token without an end' 'days' "$saring" token make lain --scope log:read --reason 'Selamanya.' --state "$state"
cli 'a token for a year' '1 to 90 days' "$saring" token make lain --scope log:read --days 365 --reason 'Setahun.' --state "$state"
logged 'a token that is too much' 1 '1 to 90 days'
lined 'tokens that have no right' 250 'event=token_refused token=uji-'
same
done_check
