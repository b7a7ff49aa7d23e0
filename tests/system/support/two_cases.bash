# Sourced after people.bash: `saring run` at $server with two flagged cases, $id and $other, that sari of the team proposed;
# rina, an independent approver with a second factor. $settings: more lines of saring.yml.
mkdir -p "$work/rules" "$work/example"
cp -r rules/protected "$work/rules"
cat >"$work/rules/uji.yml" <<'YAML'
title: 'Tautan pendaftaran palsu'
id: 5b7c1d3e-6f80-4a92-8c14-2d3e4f506172
status: stable
date: 2026-11-24
logsource: { category: post }
description: 'Meminta NIK di situs yang bukan milik KPU.'
detection:
  kata:
    text|words: [ujipenyetuju]
  condition: kata
level: high
basis:
  class: fraud
  evidence:
    - { type: official, url: 'https://lembaga-contoh.example/x', publisher: Lembaga Contoh, published: 2026-11-01, impersonates: Lembaga Contoh }
  expires: 2027-11-30
tests:
  match: [ { text: 'kata ujipenyetuju di sini' }, { text: 'UJIPENYETUJU' }, { text: 'sekali lagi ujipenyetuju' } ]
  pass: [ { text: 'uji penyetuju' }, { text: 'ujian penyetujuan' }, { text: 'biasa saja' } ]
YAML
for post in 'satu kpu-daftar.example verifikasi nomor induk pemilih sekarang juga' \
    'dua bansos-palsu.example bantuan tunai seratus ribu bagi keluarga terdaftar'; do
    set -- $post
    printf '{"id":"%s","source":"uji","url":"https://uji.example/%s","text":"ujipenyetuju http://%s/ %s","published":"2026-11-20T02:07:00Z"}\n' \
        "$1" "$1" "$2" "${*:3}"
done >"$work/example/posts.ndjson"
cat >"$work/saring.yml" <<Y
state: state
rules: [rules]
example: example
console: { port: 0 }
${settings:-}
Y
echo 'sources: [ { id: uji, name: Uji, kind: ndjson, path: posts.ndjson, lang: id } ]' >"$work/example/sources.yml"
new_key rina
add_user sari "Tim Siber Contoh" team
add_user rina "Mitra Cek Contoh" independent
rule() {
    "$saring" rules "$1" "$work/rules/uji.yml" --user "$2" --password-file "$work/$2.pw" --state "$state" \
        --reason 'Sudah dilihat dan diuji.' -c "$work/saring.yml"
}
rule submit sari >"$work/release.log"
rule release rina >>"$work/release.log"
chmod -R a+rX "$work/rules" "$work/example"
start run "$saring" run -c "$work/saring.yml"
console_url() { grep -o 'http://127.0.0.1:[0-9]*' "$work/run.log" | head -n 1 | grep .; }
wait_for 60 console_url
server=$(console_url)
two() { [ "$("$saring" review list --json --state "$state" | wc -l)" = 2 ]; }
wait_for 60 two
case_of() { "$saring" review list --json --state "$state" | jq -r "select(.excerpt | contains(\"$1\")).id"; }
id=$(case_of kpu-daftar)
other=$(case_of bansos-palsu)
enrol rina
# The server's own rules' folder: what is proposed rests on a rule that it knows.
propose_here() {
    echo "<form action='//pemanen.example/$1'>NIK</form>" >"$work/capture.$1.html"
    review propose "$1" sari --kind entry --scope DOMAIN --target "$2" --end 7d --rules "$work/rules" \
        --harvest personal_data --evidence "$work/capture.$1.html" --observed now --reason "$facts" \
        --answers "$no" --conflict 'tidak ada' --milder 'Pelaporan ke registrar belum dijawab.' >/dev/null
}
propose_here "$id" kpu-daftar.example
propose_here "$other" bansos-palsu.example
