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
register() { "$saring" register --out "$site" --origin https://register.example --state "$state" 2>>"$work/register.log"; }
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
refused 'nama akun' correction "$p" --claim 'akun @pelaku_hari menyebarkan hari yang keliru'
refused 'alamat selain' correction "$p" --text 'lihat https://media.example/p/1 yang keliru itu'
refused 'alamat selain' correction "$p" --text-en 'see t.me/pelaku for the day that is wrong'
refused 'nomor telepon' correction "$p" --milder 'hubungi 0812-3456-7890 untuk kebenarannya'
refused 'nama akun' correction "$p" --reason "$facts Hubungi pelaku@kabar.example saja."
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
panel uphold "$c" nina 'Buktinya tidak mendukung.' --rules "$rules" >/dev/null
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

# A hacked site: reported to its host, though it is a government's and could never be listed.
f=$(open_case desa fraud 'https://desa-contoh.go.id/wp-content/undian?a=1&b=<i>' "$official")
hacked=${no/official=no/official=yes} hacked=${hacked/hacked=no/hacked=yes}
report() { # report ID [OPTION…]
    made propose "$1" sari --kind referral --recipient hosting --recipient-name 'Hosting <b>Contoh</b>' --claim 'Halaman undian palsu di situs desa.' \
        --url 'https://Desa-Contoh.go.id/wp-content/undian?a=1&b=<i>' --answers "$hacked" --reason "$facts" \
        --reason-en 'Somebody put a page that asks for identity numbers on a hacked site of a village.' "${common[@]}" "${@:2}"
}
refused 'tidak boleh didaftar: "official"' report "$f" --answers "${no/official=no/official=yes}"
refused 'tidak boleh didaftar: "satire"' report "$f" --answers "${hacked/satire=no/satire=yes}"
refused 'official' report "$f" --recipient platform --recipient-name 'Media Contoh'
refused 'tidak ada di allow/recipients.txt' report "$f" --recipient-name 'Hosting Lain'
refused 'tidak ada di allow/recipients.txt' report "$f" --recipient platform --answers "$no"
refused 'polisi, militer, jaksa' report "$f" --recipient-name 'P.o.l.r.i Contoh'
refused 'U+200B' report "$f" --recipient-name "$(printf 'Hosting\u200b Contoh')"
refused 'nama akun' report "$f" --claim 'Penipuan oleh @pelaku_desa di situs'
refused 'URL rujukan' report "$f" --url 'javascript:alert(1)'
refused 'bukan kiriman kasus ini' report "$f" --url 'https://media.example/@orang_lain/1'
status=0
report "$f" --recipient police --recipient-name 'Media Contoh' 2>"$work/polisi.err" || status=$?
is "$status" 2 "a kind that there is none of"
has "$(cat "$work/polisi.err")" "platform, hosting, supervisor" "which there are"
report "$f" >/dev/null
refused 'belum dirujuk' "$saring" review pack "$f" --state "$state" --rules "$rules"
approved "$f" "$hacked"
refused 'belum dirujuk' "$saring" review pack "$f" --state "$state" --rules "$rules"
refused 'bukan wewenang' made refer "$f" rina
made refer "$f" sari --out "$work/berkas" 2>>"$work/pack.log" >/dev/null
pack=$work/berkas/rujukan-$f
is "$(jq -r '.type, .notice, .class, .recipient.kind, .recipient.name, .recipient.address' "$pack.json" | paste -sd' ')" \
    'saring-pack-1 referral fraud hosting Hosting <b>Contoh</b> abuse@hosting.example' "the pack"
is "$(jq -r .demo "$pack.json")" true "without a season it is an example"
is "$(jq -r .url "$pack.json")" 'https://desa-contoh.go.id/wp-content/undian?a=1&b=%3Ci%3E' "the exact address"
is "$(jq -r '.evidence[0].sha256' "$pack.json")" "$(sha256sum <"$work/bukti.png" | cut -d' ' -f1)" "the evidence"
is "$(jq -r '.decided_by[].organisation' "$pack.json" | sort | paste -sd,)" 'Lembaga Pantau Contoh,Tim Siber Contoh' "who decided"
is "$(jq -Sc . "$pack.json" | tr -d '\n' | sha256sum)" "$(sha256sum <"$pack.json")" "canonical"
lacks "$(cat "$pack.json")" '"sari"' "no person's name"
lacks "$(cat "$pack.json")" rina "no person's name"
jq -j .signed.bytes "$pack.json" | cmp - "$pack.signed.json" || fail "the signed bytes"
cmp "$pack.signed.json" "$work/$f.json" || fail "what was signed is not what the approver signed"
for role in reviewer approver; do
    jq -j --arg role $role '.signed.signatures[] | select(.role == $role).sshsig' "$pack.json" | cmp - "$pack.signed.json.$role.sig" || fail "the $role's signature"
    ssh-keygen -q -Y check-novalidate -n saring -s "$pack.signed.json.$role.sig" <"$pack.signed.json" >/dev/null || fail "the $role's signature does not fit"
done
python3 - "$pack.json" "$root/filter/casebook/pack.schema.json" <<'PY' || fail "the pack is not what its schema says"
import json, sys
pack, schema = (json.load(open(name)) for name in sys.argv[1:])
try:
    import jsonschema
except ImportError:
    missing = set(schema["required"]) - set(pack), set(pack) - set(schema["properties"])
    sys.exit(bool(missing[0] or missing[1]))
jsonschema.Draft202012Validator(schema, format_checker=None).validate(pack)
PY
html=$(cat "$pack.html")
for words in 'Laporan penyalahgunaan' 'CONTOH: dibuat tanpa musim' 'hxxps://desa-contoh[.]go[.]id' 'Hosting &lt;b&gt;Contoh' 'Lembaga Pantau Contoh' 'menutup hanya bagian'; do
    has "$html" "$words" "the pack in print"
done
lacks "$html" 'https://desa-contoh' "an address that opens by a slip"
for word in '<script' '<img' '<link' 'src='; do lacks "$html" "$word" "the pack loads nothing"; done
python3 -c 'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' "$pack.html" || fail "the pack is not well formed"
is "$(stat -c %a "$pack.json")" 600 "a pack has a post's address"
has "$("$saring" review list --in referred --state "$state")" "#$f" "what waits for an answer"
made reply "$f" sari --reason 'Halamannya dihapus dan pemiliknya diberi tahu.' >/dev/null
register
row=$(grep "\"case\":$f," "$site/register.ndjson" | tail -n 1)
has "$row" 'Halamannya dihapus' "the recipient's decision in the register"
lacks "$row" 'wp-content' "the register has no post's address"

# On a platform: disputed, the recipient is told; overturned, it is told again. No answer in 14 days.
p2=$(open_case jadwal procedure http://kabar-jadwal.example/ "$fact")
r=$(open_case racun claim http://kabar-racun.example/ "$factcheck")
for id in "$p2" "$r"; do
    post=jadwal
    [ "$id" = "$p2" ] || post=racun
    made propose "$id" sari --kind referral --recipient platform --recipient-name 'Media Contoh' --claim 'Jadwal pemungutan suara diubah.' \
        --url "https://media.example/@pelaku_$post/1" --answers "$no" --reason "${facts/NIK dan OTP/data}" "${common[@]}" >/dev/null
    approved "$id"
    made refer "$id" sari >/dev/null
done
notice() { "$saring" review pack "$1" --state "$state" --rules "$rules" | jq -r .notice; }
is "$(notice "$r")" referral "before"
"$saring" review lodge "$r" --ground 'Kiriman itu mengutip pemeriksa fakta.' --state "$state" >/dev/null
is "$(notice "$r")" disputed "the recipient is told"
"$saring" review pack "$r" --out "$work/berkas" --state "$state" --rules "$rules" 2>>"$work/pack.log"
has "$(cat "$work/berkas/rujukan-$r-disputed.html")" 'Mohon tunda' "what a disputed referral asks for"
panel uphold "$r" nina 'Kirimannya tidak mengutip.' --rules "$rules" >/dev/null
is "$(notice "$r")" upheld "and of the panel's decision"
ahead=$((15 * 86400))
"$saring" casebook states >/dev/null
made claim "$p2" sari >/dev/null 2>&1 || true # the clock's moves come first
is "$(field "$p2" state)" unanswered "14 days without an answer"
made withdraw "$p2" sari --reason 'Jadwalnya memang diubah.' >/dev/null
is "$(notice "$p2")" withdrawn "undo it"
register() { clocked "$saring" register --out "$site" --origin https://register.example --state "$state" 2>>"$work/register.log"; }
register

# The pack goes with the content; what the register may keep stays.
ahead=$((130 * 86400))
register
made claim "$f" sari >/dev/null 2>&1 || true
is "$(field "$f" state)" purged "purged"
refused 'sudah dihapus' "$saring" review pack "$f" --state "$state" --rules "$rules"
register
has "$(cat "$site/pelurusan-$p.html")" 'TPS buka pukul 07.00' "a correction outlives the content"
has "$(cat "$site/pelurusan-$p.html")" 'Arsip' "and says that it is archived"
has "$(cat "$site/pelurusan-$c.html")" 'Ditarik' "what was withdrawn stays withdrawn"
lacks "$(cat "$site"/*)" 'pelaku_' "no handle anywhere"
[ "$("$saring" export csv --state "$state" 2>/dev/null | grep -c kabar-)" = 0 ] || fail "a procedure or a claim is in a list"
echo ok
