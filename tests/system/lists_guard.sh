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
is "$(by $'\u043Apu.go.id')" "true likeness" "a look-alike of a protected name"
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
echo ok
