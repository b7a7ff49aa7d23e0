#!/bin/bash
# What comes of a case besides a network entry, against a running server: a correction that is read as
# a static page, a referral that goes to a recipient of the team's list as a pack, and what both are when
# somebody objects. Payloads in every field, and no way to the police or into a list for P and C.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/people.bash"
for name in rina nina; do new_key "$name"; done
add_user sari "Tim Siber Contoh" team >/dev/null
add_user rina "Lembaga Pantau Contoh" independent >/dev/null
add_user nina "Panel Contoh" appeals >/dev/null
site=$work/situs
rules=$work/aturan
mkdir -p "$rules/allow" "$rules/protected"
cp "$root"/rules/protected/*.txt "$rules/protected"
printf '%s\t%s\t%s\n' platform 'Media Contoh' https://media.example/lapor hosting 'Hosting <b>Contoh</b>' abuse@hosting.example \
    supervisor 'Pengawas Contoh' https://pengawas.example/lapor >"$rules/allow/recipients.txt"
made() { review "$@" --rules "$rules"; }
register() { "$saring" register --out "$site" --origin https://register.example --state "$state" 2>/dev/null; }
field() { "$saring" review show "$1" --json --state "$state" | jq -r ".$2"; }
signed() { # signed VERB ID NAME: what is there for NAME to sign, signed, and the move
    made "$1" "$2" "$3" --bytes >"$work/$2.json"
    sign "$3" "$work/$2.json"
    made "$1" "$2" "$3" --signature "$work/$2.json.sig" --conflict 'tidak ada'
}
approved() { # approved ID [ANSWERS]
    made answer "$1" rina --answers "${2:-$no}" >/dev/null
    signed approve "$1" rina >/dev/null
}
# open_case ID CLASS LINK EVIDENCE: as flag, by a rule with that evidence (JSON)
open_case() {
    verdict "$1" "$2" "$3" | jq -c --argjson evidence "$4" '.rules[0].evidence = [$evidence]
        | .post.url = "https://media.example/@pelaku_\(.post.id)/1"' >"$work/verdict.json"
    is "$(clocked "$seed" "$state" <"$work/verdict.json")" opened "a case"
    "$saring" review list --json --state "$state" | jq -s 'map(.id) | max'
}
fact='{"url":"https://jdih.kpu-contoh.example/pkpu-8","publisher":"KPU Contoh","published":"2026-09-01T00:00:00Z",
    "valid_from":"2026-09-01T00:00:00Z","valid_until":"2027-12-31T00:00:00Z","sha256":"'$(printf 'ef%.0s' {1..32})'"}'
factcheck='{"url":"https://periksa.example/tinta","publisher":"Periksa Contoh","claim":"Tinta pemilu mengandung racun",
    "rating":"Salah","rated":"2026-10-02T00:00:00Z"}'
official='{"url":"https://contoh-kpu.example/resmi","publisher":"KPU Contoh","published":"2026-09-01T00:00:00Z","impersonates":"KPU Contoh"}'
echo "tangkapan" >"$work/bukti.png"
common=(--evidence "$work/bukti.png" --observed now --conflict 'tidak ada' --milder 'Kanal resmi sudah mengumumkan.')
truth='Pemungutan suara tetap hari Rabu. TPS buka pukul 07.00 sampai 13.00 waktu setempat.

Lihat jdih.kpu.go.id untuk jadwalnya.'
correction() { # correction ID [OPTION…]
    made propose "$1" sari --kind correction --claim 'Hari pemungutan suara dimajukan ke hari Minggu.' --text "$truth" \
        --text-en 'Polling day is still Wednesday; polling stations are open from 07.00 to 13.00.' --answers "$no" \
        --reason 'Kabar itu menyebut hari yang lain daripada jadwal yang ditetapkan dan masih berlaku sampai pemilihan selesai.' \
        "${common[@]}" "${@:2}"
}

# A procedure, from flagged to a page for everybody.
p=$(open_case hari procedure http://kabar-hari.example/ "$fact")
for bad in 'akun @pelaku_hari menyebarkan hari yang keliru' 'lihat https://media.example/p/1 yang keliru itu' \
    'hubungi 0812-3456-7890 untuk kebenarannya' 'kata t.me/pelaku hari pemungutan maju' 'surel pelaku@kabar.example yang keliru'; do
    refused 'register' correction "$p" --claim "$bad"
    refused 'register' correction "$p" --text "$bad"
    refused 'register' correction "$p" --text-en "$bad"
    refused 'register' correction "$p" --milder "$bad"
    refused 'register' correction "$p" --reason "$bad $bad $bad"
done
refused 'U+202E' correction "$p" --claim "$(printf 'Hari pemungutan \u202emaju')"
refused 'klaimnya' correction "$p" --claim 'pendek'
refused 'entry' made propose "$p" sari --kind entry --scope HOST --target kabar-hari.example --harvest money --end 5d \
    --answers "$no" --reason "$facts" "${common[@]}"
correction "$p" >/dev/null
register
[ ! -e "$site/pelurusan-$p.html" ] || fail "published before anybody approved it"
refused 'formulir buta' made approve "$p" rina --bytes
approved "$p"
is "$(jq -r '.type, .claim, .text_en' "$work/$p.json" | head -n 1)" saring-correction-2 "what is signed"
has "$(jq -r .text "$work/$p.json")" "07.00 sampai 13.00" "the signature covers the text"
register
[ ! -e "$site/pelurusan-$p.html" ] || fail "published before the team did"
made correct "$p" sari >/dev/null
register
page=$(cat "$site/pelurusan-$p.html")
for words in 'Hari pemungutan suara dimajukan' 'TPS buka pukul 07.00' 'Polling day is still Wednesday' 'https://jdih.kpu-contoh.example/pkpu-8' \
    "$(printf 'ef%.0s' {1..32})" '2027-12-31' "kasus-$p.html#keberatan" 'Lembaga Pantau Contoh'; do
    has "$page" "$words" "the page of the correction"
done
[ "$(grep -bo 'TPS buka' <<<"$page" | head -n 1 | cut -d: -f1)" -lt "$(grep -bo 'Polling day' <<<"$page" | head -n 1 | cut -d: -f1)" ] ||
    fail "Indonesian comes first"
has "$(cat "$site/pelurusan.html")" "pelurusan-$p.html" "the list of corrections"
has "$(cat "$site/index.html")" "pelurusan-$p.html" "the public index"
has "$(cat "$site/perubahan.atom")" "pelurusan-$p.html" "the feed"

# A claim: what a fact-checker said of it; mark-up in every field is text. Disputed, then stands.
c=$(open_case tinta claim http://kabar-tinta.example/ "$factcheck")
xss='</p><script>window.touched=1</script><img src=x onerror=touched=1> "&'"'"'
baris kedua'
correction "$c" --claim "Tinta pemilu beracun. $xss" --text "Tidak benar. $xss" --text-en "Not true. $xss" --reason \
    "Pemeriksa fakta menilai klaim itu salah dan laboratorium menyatakannya aman. $xss" --milder "Belum ada. $xss" >/dev/null
approved "$c"
made correct "$c" sari >/dev/null
register
page=$(cat "$site/pelurusan-$c.html")
for words in 'https://periksa.example/tinta' 'Periksa Contoh' Salah 2026-10-02 '&lt;script&gt;' 'baris kedua'; do has "$page" "$words" "the claim's page"; done
stands() { register; grep -o 'role="note"><strong>[^<]*' "$site/pelurusan-$1.html" | cut -d'>' -f3 || true; }
is "$(stands "$c")" "" "nothing to be said of one that stands"
"$saring" review lodge "$c" --ground 'Tinta itu memang beracun, ini buktinya.' --state "$state" >/dev/null
has "$(stands "$c")" Diperselisihkan "disputed"
has "$(cat "$site/pelurusan.html")" Diperselisihkan "in the list too"
made uphold "$c" nina --reason 'Buktinya tidak mendukung.' >/dev/null
is "$(stands "$c")" "" "decided"
refused 'nama akun' made withdraw "$c" sari --reason 'ditarik karena @pelaku mengeluh'
made withdraw "$c" sari --reason "Pemeriksa fakta mengubah penilaiannya. $xss" >/dev/null
has "$(stands "$c")" Ditarik "withdrawn"
page=$(cat "$site/pelurusan-$c.html")
has "$page" 'mengubah penilaiannya' "why it was withdrawn"
has "${page#*Riwayat}" Ditarik "its history"
lacks "$(cat "$site/pelurusan.html")" 'Tidak benar.' "what no longer stands is not repeated in the list"

# No post, no address of one, no handle; small, without scripts, well formed.
for file in "$site"/*.html; do
    [ "$(stat -c %s "$file")" -le 30720 ] || fail "$file has more than 30 KB"
    for word in pelaku_ media.example contoh-forum '<script' '<img' penelaah\ sari; do lacks "$(cat "$file")" "$word" "$file"; done
    python3 -c 'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' "$file" || fail "$file is not well formed"
done
[ "$("$saring" export csv --state "$state" 2>/dev/null | grep -c kabar-)" = 0 ] || fail "a procedure or a claim is in a list"
echo ok
