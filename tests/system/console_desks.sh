#!/bin/bash
# Near-copies dismissed together, a rule released by a second person, sources turned on and off, and an auditor's
# day, in headless Chromium with scripts on and off.
. "$(dirname "$0")/lib.sh"
. tests/system/support/day.bash
. tests/system/console_people.bash
for name in sari rina adit; do sign_in $name; done
rule=$(grep -rl 'Pencairan bantuan yang meminta' "$work/rules/fraud" | head -n 1)
id=$(sed -n 's/^id: *//p' "$rule" | head -n 1)
run_day console_desks on "$id" "$rule" low
run_day console_desks off "$id" "$rule" medium
keep_weights console_desks
