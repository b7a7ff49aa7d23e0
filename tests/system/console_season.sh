#!/bin/bash
# In a season nothing is open: queue and cases, as pages and as JSON, are for people who signed in.
. "$(dirname "$0")/lib.sh"
need curl
. "$(dirname "$0")/people.bash"
start_season >/dev/null
id=$(flag p1 fraud http://jahat-musim.example/)
printf 'state: %s\nrules: [%s/rules]\nsources: sources.yml\nexample: %s/feeds/example\nconsole: { port: 0 }\n' \
    "$state" "$root" "$root" >"$work/saring.yml"
echo 'sources: []' >"$work/sources.yml"
start run "$saring" run -c "$work/saring.yml"
wait_for 60 grep -q 'console: http' "$work/run.log"
url=$(sed -n 's|.*\(http://[^ ]*[0-9]\)/.*|\1|p' "$work/run.log" | head -n 1)
for path in / "/cases/$id" /people /log; do
    is "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$url$path")" "303 $url/sign-in" "$path"
    is "$(curl -s -o /dev/null -w '%{http_code}' -H 'Accept: application/json' "$url$path")" 401 "$path as JSON"
done
lacks "$(curl -s "$url/" "$url/cases/$id" -H 'Accept: application/json')" 'Verifikasi' 'what nobody may read'
has "$(curl -s "$url/sign-in")" 'Musim Pilkada Contoh' 'the season on top'
is "$(curl -s "$url/healthz")" ok 'health'
