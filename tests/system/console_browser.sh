#!/bin/bash
# What people see all day: a reviewer and an approver in headless Chromium, with scripts on and off, on a
# desktop and a phone, light and dark; axe-core looks for what WCAG 2.2 AA forbids; each page is weighed.
# Screenshots and weights go to build/console/. Others' days: console_desks.sh, console_lane.sh.
. "$(dirname "$0")/lib.sh"
. tests/system/support/day.bash
. tests/system/console_people.bash
for name in sari rina; do sign_in $name; done
run_day console_browser on "$(find_case 'data pemilih')" "$(find_case 'undian')" kpu-daftar.example
run_day console_browser off "$(find_case 'saldo pilkada')" "$(find_case 'KPPS')" bank-contoh-saldo.example
keep_weights console_browser
echo "$(ls "$pictures"/*.png | wc -l) screenshots in build/console"
