# Sourced after lib.sh by the tests that drive the console in headless Chromium: puppeteer-core and axe-core
# come from npm, into build/node; screenshots go to build/console. run_day SCRIPT on|off [ARG…]
need chromium
need node
need npm
modules=$root/build/node/node_modules
pictures=$root/build/console
mkdir -p "$pictures" "$root/build/node"
# Tests that run at the same time do not install into one folder at the same time.
(
    flock 9
    if [ ! -d "$modules/puppeteer-core" ] || [ ! -d "$modules/axe-core" ]; then
        timeout 120 npm install --no-audit --no-fund --silent --prefix "$root/build/node" puppeteer-core@23 axe-core@4
    fi
) 9>"$root/build/node/lock" >"$work/npm.log" 2>&1 || skip 'npm has no network: no puppeteer-core, no axe-core'

run_day() {
    local name=$1
    shift
    timeout 300 node "tests/system/$name.mjs" "$modules" "$url" "$work" "$pictures" "$@" || fail "$name with scripts $1"
}
# keep_weights NAME: the table of what the pages weighed: path, HTML, first load, round trips, seconds at 400 kbit/s
keep_weights() { sort -u "$work/weights" >"$pictures/weights-$1.tsv"; }
