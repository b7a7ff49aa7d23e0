#!/bin/bash
# `saring scan`: what it flags, in which order, bad input, CSV, exit codes, and who is never shown.
. "$(dirname "$0")/lib.sh"
example() { "$saring" scan --rules rules --rules feeds/example "$@"; }

# The example's posts give exactly what is expected of them, each span being what the field holds.
example feeds/example/posts.ndjson >"$work/out" 2>"$work/err" || fail "the example: $(cat "$work/err")"
python3 - "$work/out" feeds/example/posts.ndjson feeds/example/expected.ndjson <<'END'
import json, sys
read = lambda path: [json.loads(line) for line in open(path, encoding="utf-8")]
found, posts, expected = map(read, sys.argv[1:])
posts = {post["id"]: post for post in posts}
want = {line["id"]: sorted(line["rules"]) for line in expected if line["id"] in posts}
assert {f["post"]["id"]: sorted(r["id"] for r in f["rules"]) for f in found} == want
order = [i for i in posts if i in want]
assert [f["post"]["id"] for f in found] == order, "not in the order of the input"
for line in found:
    post = posts[line["post"]["id"]]
    assert "author_name" not in line["post"] and len(line["ruleset"]) == 64
    for rule in line["rules"]:
        assert set(rule) == {"id", "title", "class", "level", "spans"}
        for span in rule["spans"]:
            assert span["field"] != "author_name"
            part = post[span["field"]].encode()[span["start"]:span["end"]]
            assert part.decode() == span["text"], span
END
has "$(cat "$work/err")" "85 pos/posts, 41 ditandai/flagged, 0 rusak/bad" "summary"

# Many blocks on many threads come out as they went in.
python3 - "$work/many" <<'END'
import json, sys
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for i in range(60000):
        text = "Logistik pilkada tiba di gudang, warga menunggu jadwal." * (1 + i % 7)
        if i % 10 == 0:
            text = "Bank Contoh bagi saldo pilkada, sebutkan kode OTP ke petugas"
        print(json.dumps({"id": str(i), "text": text, "author_name": "tokoh rahasia"}), file=out)
END
example "$work/many" >"$work/out" 2>"$work/err"
is "$(jq -r .post.id "$work/out" | tr '\n' ' ' | sha256sum)" "$(seq 0 10 59999 | tr '\n' ' ' | sha256sum)" "order"
example <"$work/many" 2>/dev/null | cmp - "$work/out" || fail "standard input differs from a file"
lacks "$(cat "$work/out" "$work/err")" "rahasia" "an author is never shown"

# Bad lines are named, counted and passed over; what is around them is scanned.
flagged='{"id":"ya","text":"Bank Contoh bagi saldo pilkada, sebutkan kode OTP ke petugas"}'
{
    echo "$flagged"
    echo '{"id":"x"}'
    echo 'not json'
    echo
    echo '{"text":"a","text":"b"}'
    printf '{"text":"\xff\xfe Bank Contoh: saldo pilkada, kode OTP"}\n'
    python3 -c 'print("[" * 100000)'
    python3 -c 'print("{\"text\":\"" + "a" * (50 << 20) + "\"}")'
    python3 -c 'print("{\"text\":\"" + "a" * (2 << 20) + "\"}")'
    printf '{"text":"nul \x00 di tengah"}\n'
    printf '%s' "$flagged"
} >"$work/bad"
status=0
example --json "$work/bad" >"$work/out" 2>"$work/err" || status=$?
is $status 0 "bad lines do not fail the run"
is "$(wc -l <"$work/out")" 3 "flagged among bad lines"
is "$(sed -n 2p "$work/out" | jq -r .post.id)" "$work/bad:6" "a post without id is named by its place"
is "$(sed -n 3p "$work/out" | jq -r .post.id)" "ya" "the last line needs no line end"
for line in 2 3 5 7 8 9 10; do
    has "$(cat "$work/err")" "$work/bad:$line:" "bad line $line"
done
is "$(tail -n 1 "$work/err" | jq -c '[.posts, .flagged, .bad, .mended]')" "[3,3,7,2]" "counts"

# A line that never ends is no reason to keep it.
bytes=$((300 << 20))
head -c $bytes /dev/zero | tr '\0' 'a' |
    (ulimit -v 4000000; "$saring" scan --json 2>"$work/err") || fail "an endless line: $(cat "$work/err")"
is "$(tail -n 1 "$work/err" | jq -c '[.posts, .bad, .bytes]')" "[0,1,$bytes]" "an endless line"

# Posts that come slowly are answered at once.
mkfifo "$work/slow"
example <"$work/slow" >"$work/out" 2>/dev/null &
pid=$!
started+=("$pid")
exec 5>"$work/slow"
echo "$flagged" >&5
wait_for 10 grep -q '"ya"' "$work/out"
exec 5>&-
wait "$pid" || fail "a slow input"

# CSV: a column by name, rows over several lines, a header without it.
printf 'nomor,isi,author_name\n1,"Bank Contoh: saldo ""pilkada"",\nkode OTP saldo pilkada",x\n2,biasa,y\n3,"tidak tertutup' >"$work/posts.csv"
status=0
example --format csv --text-column isi "$work/posts.csv" >"$work/out" 2>"$work/err" || status=$?
is $status 0 "csv"
is "$(jq -r .post.text "$work/out")" 'Bank Contoh: saldo "pilkada",
kode OTP saldo pilkada' "csv text"
is "$(jq -r .post.id "$work/out")" "$work/posts.csv:2" "csv id"
has "$(cat "$work/err")" "$work/posts.csv:5:" "csv, a quote that is not closed"
run() { status=0; out=$("$saring" scan "$@" 2>&1 </dev/null) || status=$?; }
run --format csv --text-column teks "$work/posts.csv"
is $status 2 "csv without the column"
has "$out" "teks" "csv without the column"

# What can't be done says so and exits 2; the rest is still read.
run --rules rules --rules feeds/example "$work/none" feeds/example/posts.ndjson
is $status 2 "a file that is not there"
has "$out" "$work/none: it cannot be opened: No such file" "a file that is not there"
has "$out" "41 ditandai" "the other file is read"
run "$work"
is $status 2 "a folder for a file"
run --format xml
is $status 2 "a format that is none"
run --text-column x
is $status 2 "a column without CSV"
run --ruls rules
is $status 2 "a misspelt option"
has "$out" "--rules?" "a misspelt option"
mkdir -p "$work/rules"
printf 'title: x\n\tid: y\n' >"$work/rules/bad.yml"
run --rules "$work/rules" feeds/example/posts.ndjson
is $status 2 "rules that do not load"
has "$out" "$work/rules/bad.yml:2:1:" "rules that do not load"
status=0
example feeds/example/posts.ndjson >/dev/full 2>"$work/err" || status=$?
is $status 2 "a full disk"
has "$(cat "$work/err")" "saring scan:" "a full disk"
[ "$("$saring" scan --help | wc -l)" -le 24 ] || fail "--help is longer than a screen"

# On a terminal: a table, spans in reverse video, nothing that a stranger wrote obeyed.
printf '{"id":"t","url":"https://a.example/x","text":"\\u001b[2J\\u202e Bank Contoh: saldo pilkada, kode OTP https://b.example/"}\n' >"$work/evil"
TERM=xterm script -qec "$saring scan --rules rules --rules feeds/example $work/evil" /dev/null >"$work/out" </dev/null ||
    fail "on a terminal"
has "$(cat "$work/out")" $'\033[7msaldo pilkada\033[27m' "spans on a terminal"
has "$(cat "$work/out")" '\u{1B}[2J' "controls on a terminal"
has "$(cat "$work/out")" 'hxxps://a[.]example/x' "links on a terminal"
has "$(cat "$work/out")" 'hxxps://b[.]example/' "links of a text on a terminal"
lacks "$(cat "$work/out")" $'\033[2J' "controls on a terminal"
lacks "$(cat "$work/out")" '"rules"' "no JSON on a terminal"

# Ordinary posts, where they are at hand: one that is flagged is a fault of a rule.
posts=../shared/corpora/indonesia/ordinary_posts.dev.csv
[ -e $posts ] || { echo "no ordinary posts at hand"; exit 0; }
"$saring" scan --json --format csv $posts >/dev/null 2>"$work/err"
[ "$(tail -n 1 "$work/err" | jq .posts)" -gt 19000 ] || fail "posts: $(cat "$work/err")"
[ "$(tail -n 1 "$work/err" | jq .flagged)" -le 5 ] || fail "ordinary posts are flagged: $(cat "$work/err")"
