#!/bin/bash
# The day of somebody whose site does not open, in headless Chromium: the block page, why, the record, an
# appeal without an account, its receipt, the outcome; at a phone's width, with scripts on and off.
# Screenshots go to build/console/public-*.png. No page has more than 30 KB, none a first load over 14 KB.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
need chromium
need node
need npm
need curl
modules=$root/build/node/node_modules
if [ ! -d "$modules/puppeteer-core" ] || [ ! -d "$modules/axe-core" ]; then
    mkdir -p "$root/build/node"
    timeout 120 npm install --no-audit --no-fund --silent --prefix "$root/build/node" puppeteer-core@23 axe-core@4 \
        >"$work/npm.log" 2>&1 || skip 'npm has no network: no puppeteer-core, no axe-core'
fi
pictures=$root/build/console
mkdir -p "$pictures"
new_key rina
new_key joko
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Lembaga Pantau Contoh" independent >/dev/null
add_user joko "Panel Banding Contoh" appeals >/dev/null
flag nol fraud https://tanpa-aturan.com/ >/dev/null
mkdir -m 777 "$work/publik" "$work/contoh"
echo 'sources: [{ id: contoh, name: Kabar Contoh, kind: ndjson, path: kosong.ndjson, organisation: Kantor Berita Contoh }]' >"$work/contoh/sources.yml"
: >"$work/contoh/kosong.ndjson"
port=$(free_port)
cat >"$work/saring.yml" <<END
state: $state
example: contoh
public: { port: $port, folder: publik }
console: { port: 0 }
pairs:
  - { number: 1, name: Pasangan Contoh Satu, words: [paslon satu] }
  - { number: 2, name: Pasangan Contoh Dua, words: [paslon dua] }
END
start run "$saring" run -c "$work/saring.yml"
wait_for 60 listening "$port"
wait_for 120 grep -q voided "$work/run.log" # the rules were looked at: what comes now is not voided
url=http://127.0.0.1:$port
for name in satu dua; do list_entry $name DOMAIN "kpu-daftar-$name.com" 20d >"$work/$name.id"; done
"$saring" publish --out "$work/lists" --state "$state" --appeal "$url/diblokir.html" >/dev/null 2>"$work/publish.log" || [ $? = 1 ]
write_pages() { "$saring" register -c "$work/saring.yml" --out "$work/publik" --state "$state" 2>"$work/register.log"; }
write_pages
web_port=$(free_port)
start web sh -c "exec python3 -W ignore -m http.server -b 127.0.0.1 -d '$work/lists/blokir' $web_port >/dev/null 2>&1"
wait_for 30 listening "$web_port"

day() { # NAME on|off first|after
    local id
    id=$(cat "$work/$1.id")
    timeout 300 node tests/system/appellant.mjs "$modules" "$url" "http://127.0.0.1:$web_port/$id.html" "kpu-daftar-$1.com" "$id" \
        "$pictures" "$work/$1.receipt" "$2" "$3" || fail "the day with scripts $2, $3 the decision"
}
day satu on first
day dua off first
for name in satu dua; do
    review overturn "$(cat "$work/$name.id")" joko --appeal 1 \
        --reason 'Domain ini milik koperasi; panen datanya tidak terbukti.' >/dev/null
done
write_pages
day satu on after
day dua off after

# Weights: of each page as it is, and of the first load, compressed, with its style.
style=$(curl -fsS --compressed -o /dev/null -w '%{size_download}' "$url/style.css")
for file in "$work"/publik/*.html; do
    [ "$(stat -c %s "$file")" -le 30720 ] || fail "$file has more than 30 KB"
    size=$(curl -fsS --compressed -o /dev/null -w '%{size_download}' "$url/$(basename "$file")")
    [ $((size + style)) -le 14336 ] || fail "$file: $size bytes, and $style of style, compressed"
done
echo "$(ls "$pictures"/public-*.png | wc -l) screenshots in build/console"
