# Sourced by the console's tests: a saring that flagged posts written here, and its console at $url.
# One post is hostile: mark-up, a script, invisible letters, an override, a link.
word=ujikonsol
mkdir -p "$work/rules" "$work/example"
cp -r rules/protected "$work/rules"

cat >"$work/rules/uji.yml" <<'YAML'
title: 'Uji konsol <b>& judul</b>'
id: 5b7c1d3e-6f80-4a92-8c14-2d3e4f506172
status: stable
date: 2026-11-24
logsource: { category: post }
description: 'Keterangan <i>uji</i> & bukti'
detection:
  kata:
    text|words: [ujikonsol]
  condition: kata
level: high
basis:
  class: fraud
  evidence:
    - type: official
      url: 'https://lembaga-contoh.example/pengumuman'
      publisher: Lembaga Contoh
      published: 2026-11-01
      impersonates: Lembaga Contoh
  expires: 2027-11-30
tests:
  match:
    - { text: 'kata ujikonsol di sini' }
    - { text: 'UJIKONSOL' }
    - { text: 'sekali lagi ujikonsol' }
  pass:
    - { text: 'uji konsol' }
    - { text: 'ujian konsolidasi' }
    - { text: 'biasa saja' }
YAML

python3 - "$word" >"$work/example/posts.ndjson" <<'PY'
import hashlib, json, sys
word = sys.argv[1]
hostile = (word + " <script>window.touched=1;document.title='kena'</script>"
           "<img src=x onerror=window.touched=1> \"'></bdi></mark></td></title> "
           "ve\u200brif \u202egnay kilab\u202c https://palsu.contoh.example/masuk?a=1&b=<b>\n"
           "javascript:window.touched=1 " + word)
def post(number, text, title=""):
    return {"id": f"p{number}", "source": "uji", "url": f"https://uji.example/{number}",
            "title": title, "text": text, "author_name": "nama_rahasia_penulis",
            "lang": "id", "published": "2026-11-20T02:07:00Z"}
print(json.dumps(post(1, hostile, "Judul <u>\u202e" + word + "</u>")))
for i in range(2, 61):  # each unlike any other, so that each is a case of its own
    words = " ".join(hashlib.sha256(f"{i} {k}".encode()).hexdigest()[:8] for k in range(12))
    print(json.dumps(post(i, f"{word} {words}")))
for i in range(61, 66):  # near-copies of one another
    print(json.dumps(post(i, f"{word} salinan yang sama dari satu pesan panjang yang beredar luas di grup keluarga nomor {i}")))
print(json.dumps(post(70, "biasa saja, tidak ada apa-apa")))
long = " ".join(hashlib.sha256(f"panjang {k}".encode()).hexdigest()[:9] for k in range(3000))
print(json.dumps(post(71, long + " " + word + " " + long)))
PY

cat >"$work/example/sources.yml" <<'YAML'
sources:
  - { id: uji, name: Uji, kind: ndjson, path: posts.ndjson, lang: id }
YAML

cat >"$work/saring.yml" <<YAML
state: state
rules: [rules]
example: example
console: { address: 127.0.0.1, port: 0 }
YAML

cases() { curl -fsS -H 'Accept: application/json' "$url/?state=all&page=${1:-1}"; }
has_cases() { [ "$(cases 3 | jq '.items | length')" -ge 12 ]; }

# Its rule is none of the shipped ones: two people release it.
. "$root/tests/system/support/run.sh"
add_people
release_rules >"$work/release.log"

# A state folder that an unprivileged ingest can reach, also when root runs the tests.
start run "$saring" run -c "$work/saring.yml"
wait_for 60 grep -q 'console: http' "$work/run.log"
url=$(sed -n 's|.*\(http://[^ ]*[0-9]\)/.*|\1|p' "$work/run.log" | head -n 1)
wait_for 60 has_cases
