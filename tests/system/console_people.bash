# Sourced after lib.sh by tests of the console's signed-in pages: a saring that runs on the example
# feed at $url, people of every role with passwords and second factors, and their browsers (curl).
. "$root/tests/system/people.bash"
. "$root/tests/system/console_forms.bash"

new_key rina
new_key dewi
add_user sari "Tim Siber Contoh" team >/dev/null
add_user tono "Tim Siber Contoh" team >/dev/null
add_user rina "Mitra Cek Contoh" independent >/dev/null
add_user dewi "Panel Banding Contoh" appeals >/dev/null
add_user adit "Auditor Contoh" auditor >/dev/null
add_user kelola "Pengelola Contoh" admin >/dev/null

cp -r "$root/rules" "$work/rules" # people change files through the pages
mkdir "$work/feeds"
cat >"$work/feeds/sources.yml" <<'YAML'
# Sumber uji
sources:
  - id: contoh
    name: Sumber Contoh
    kind: rss
    url: https://sumber-contoh.example/rss
    enabled: false # belum
YAML
printf 'state: %s\nrules: [rules]\nsources: feeds/sources.yml\nexample: %s\nconsole: { port: 0 }\n' \
    "$state" "$root/feeds/example" >"$work/saring.yml"
chmod -R a+rwX "$work/feeds" "$work/rules"
run_console
waiting() { [ "$(curl -fsS -H 'Accept: application/json' "$url/?class=fraud" | jq '.items | length')" -ge 20 ]; }
wait_for 60 waiting
# rules_are_kept: the console has loaded its rules, and looked at what rests on them
rules_are_kept() {
    wait_for 60 eval '[ "$(sqlite3 "$state/casebook.db" "SELECT count(*) FROM log WHERE action = '"'rules_version'"'")" -ge 1 ]'
}
