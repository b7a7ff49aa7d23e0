#!/bin/bash
# What people see all day: a reviewer, an approver and an auditor in headless Chromium, with scripts on
# and off, on a desktop and a phone, light and dark; axe-core looks for what WCAG 2.2 AA forbids.
# Screenshots go to build/console/. puppeteer-core and axe-core come from npm, into build/node.
. "$(dirname "$0")/lib.sh"
need chromium
need node
need npm
modules=$root/build/node/node_modules
if [ ! -d "$modules/puppeteer-core" ] || [ ! -d "$modules/axe-core" ]; then
    mkdir -p "$root/build/node"
    timeout 120 npm install --no-audit --no-fund --silent --prefix "$root/build/node" puppeteer-core@23 axe-core@4 \
        >"$work/npm.log" 2>&1 || skip 'npm has no network: no puppeteer-core, no axe-core'
fi
. tests/system/console_people.bash
for name in sari rina adit; do sign_in $name; done
pictures=$root/build/console
mkdir -p "$pictures"
run_day() { # on|off CASE OTHER TARGET
    TARGET=$4 timeout 300 node tests/system/console_browser.mjs "$modules" "$url" "$work" "$pictures" "$2" "$3" "$1" ||
        fail "the day with scripts $1"
}
run_day on "$(find_case 'data pemilih')" "$(find_case 'undian')" kpu-daftar.example
run_day off "$(find_case 'saldo pilkada')" "$(find_case 'KPPS')" bank-contoh-saldo.example
echo "$(ls "$pictures"/*.png | wc -l) screenshots in build/console"
