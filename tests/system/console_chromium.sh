#!/bin/bash
# What a person sees: queue and case in headless Chromium, both languages, phone and desktop, light
# and dark. A hostile post is text with its spans marked, and nothing of it runs or loads.
# Screenshots go to build/console/.
. "$(dirname "$0")/lib.sh"
need curl
need jq
need chromium
. tests/system/console_site.bash
pictures=$root/build/console
mkdir -p "$pictures"

hostile=$(for page in 1 2 3; do cases $page; done | jq -r '.items[] | select(.excerpt | contains("script")) | .id')
jq -n --arg url "$url" --arg hostile "$hostile" '[
    {page: "queue", path: "/"}, {page: "case", path: "/cases/\($hostile)"}, {page: "error", path: "/cases/999999"}
    | . as $what
    | ({size: "phone", width: 360, height: 1400}, {size: "desktop", width: 1280, height: 1100}) as $how
    | ("id", "en") as $lang | (false, true) as $dark
    | {name: "\($what.page)-\($how.size)-\($lang)-\(if $dark then "dark" else "light" end)",
       url: ($url + $what.path), width: $how.width, height: $how.height, lang: $lang, dark: $dark}]' >"$work/pages.json"
python3 tests/system/browser.py "$pictures" <"$work/pages.json" >"$work/seen.ndjson"

is "$(wc -l <"$work/seen.ndjson")" 24 'pages shown'
check() { # what is wrong, and a condition of what was seen
    local bad
    bad=$(jq -r "select(($2) | not) | .name" "$work/seen.ndjson")
    [ -z "$bad" ] || fail "$1: $(echo $bad) $(jq -c "select(($2) | not) | {marks,hidden,scripts,problems,scroll_width,contrast,contrast_at,requests,title,transfer}" "$work/seen.ndjson" | head -n 2)"
}
check 'something ran' '.touched == "no" and (.title | endswith(" · saring"))'
check 'there is a script, a picture or a frame' '.scripts == 0'
check 'the browser complains' '[.problems[] | select((.entry.text // "" | contains("404")) | not)] | length == 0'
check 'something else was loaded' '.requests | length <= 2 and all(test("^http://127\\.0\\.0\\.1:[0-9]+/(style-[0-9a-f]{8}\\.css)?(cases/[0-9]+)?$"))'
check 'no style' '.sheets == 1'
check 'the page is wider than the screen' '(.name | contains("phone") | not) or .scroll_width <= 360'
check 'poor contrast (WCAG 2.2 AA wants 4.5)' '.contrast >= 4.5'
check 'the first load is too large' '.transfer <= 14336'
check 'the wrong language' '.lang as $lang | .name | contains("-\($lang)-")'
check 'a link leads to what a post holds' '.links | all(test("^(/|#main|https://lembaga-contoh\\.example/pengumuman$)"))'
check 'rows' '(.name | startswith("queue") | not) or .rows == 25'
check 'the spans are not marked' '(.name | startswith("case") | not) or .marks == ["ujikonsol","ujikonsol"]'
check 'what is invisible is not shown' '(.name | startswith("case") | not) or
    ([.hidden[] | ltrimstr("[") | rtrimstr("]")] == ["U+202E","U+200B","U+202E","U+202C"])'
check 'the script is not text' '(.name | startswith("case") | not) or (.text | contains("<script>window.touched=1;document.title='"'kena'"'</script><img src=x onerror=window.touched=1>"))'
check 'a link is not defanged' '(.text | contains("https://palsu")) | not'
check 'no demo marker' '(.name | startswith("error")) or (.text | test("Contoh: belum ada musim|Demo: there is no season"))'
echo "$(ls "$pictures" | wc -l) screenshots in build/console"
