# What the tests of `saring run` share. Source it behind lib.sh.
need sqlite3
state=$work/state
rules=$work/rules
marker="undian tinta hitam" # the words that the rule below flags

# one_rule [WORDS]: rules of one rule that flags WORDS, with what a set needs beside it
one_rule() {
    mkdir -p "$rules"
    cp -r "$root/rules/protected" "$root/rules/allow" "$root/rules/lists" "$rules"
    write_rule "$rules/uji.yml" "${1:-$marker}" 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01
}

# write_rule FILE WORDS ID
write_rule() {
    cat >"$1" <<EOF
title: Uji undian palsu
id: $3
status: stable
date: 2026-11-24
logsource: { category: post }
description: Undian rekaan untuk uji.
detection:
  isi:
    text|words: ['$2']
  condition: isi
level: high
basis:
  class: fraud
  evidence:
    - { type: official, url: 'https://kpu-contoh.example/undian', publisher: KPU Contoh, published: 2026-09-01, impersonates: KPU Contoh }
  expires: $(date -u -d '+100 days' +%F)
tests:
  match:
    - { text: 'Ikuti $2 sekarang' }
  pass:
    - { text: 'Kantor buka sampai sore' }
EOF
}

# configure [LINE…]: $work/saring.yml with a free console port, no sources, and these lines
configure() {
    port=$(free_port)
    echo "sources: []" >"$work/sources.yml"
    {
        echo "state: $state"
        echo "rules: [rules]"
        echo "sources: sources.yml"
        echo "example: $root/feeds/example"
        echo "console: { address: 127.0.0.1, port: $port }"
        printf '%s\n' "$@"
    } >"$work/saring.yml"
}

# add_people: tim of the team and mitra of an independent organisation, made 100 hours ago: in a season
# nobody releases a rule within 72 hours of being made. Before `run`, whose log would be later.
add_people() {
    local who kind
    need ssh-keygen
    need_faketime
    [ ! -e "$work/password" ] || return 0
    echo 'kata sandi untuk uji coba' >"$work/password"
    for who in tim mitra; do
        ssh-keygen -q -t ed25519 -N '' -C "$who" -f "$work/$who"
        kind=team
        [ $who = tim ] || kind=independent
        at_time -100h "$saring" user add $who --org "$who Contoh" --kind $kind --key "$work/$who.pub" \
            --password-file "$work/password" --state "$state" >/dev/null
    done
}

# release_rules [RULE…]: tim submits, mitra releases; all of $rules if none is named
release_rules() {
    [ $# -gt 0 ] || set -- "$rules"
    "$saring" rules submit "$@" --user tim --password-file "$work/password" --reason 'Aturan uji.' \
        --rules "$rules" --state "$state"
    "$saring" rules release "$@" --user mitra --password-file "$work/password" --reason 'Sudah dilihat.' \
        --rules "$rules" --state "$state"
}

# start_season [END]: signed by both, running from now on, the rules released; END is RFC 3339
start_season() {
    local end=${1:-$(date -u -d '+60 days' +%FT%TZ)} who
    add_people
    "$saring" season new --name 'Uji' --end "$end" --state "$state" --out "$work/season.json" >/dev/null
    for who in tim mitra; do
        ssh-keygen -q -Y sign -n saring -f "$work/$who" <"$work/season.json" >"$work/$who.sig" 2>/dev/null
    done
    "$saring" season start "$work/season.json" --team "$work/tim.sig" \
        --independent "$work/mitra.sig" --state "$state" >/dev/null
    [ ! -d "$rules" ] || release_rules >"$work/release.log"
}

# posts COUNT EVERY [PREFIX]: NDJSON, each EVERYth one flagged; ids PREFIX1, PREFIX2, …
posts() {
    python3 - "$1" "$2" "${3:-p}" "$marker" <<'EOF'
import json, random, sys
count, every, prefix, marker = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
words = "pasar kapal sungai harga ikan jalan desa hujan sekolah guru lampu listrik muara kota pagi sore rapat warga padi kebun".split()
rng = random.Random(prefix)
for i in range(1, count + 1):
    text = " ".join(rng.choice(words) for _ in range(rng.randint(8, 30)))
    if i % every == 0:
        text = "%s %s nomor %d" % (text, marker, i)
    print(json.dumps({"id": "%s%d" % (prefix, i), "source": "uji", "text": text,
                      "author_name": "penulis-%d" % i, "published": "2026-11-20T02:07:00Z"}))
EOF
}

# run [INPUT]: saring run in the background, its log in $work/run.log, posts from INPUT (a FIFO, a file)
run() {
    if [ $# -gt 0 ]; then
        "$saring" run -c "$work/saring.yml" <"$1" >>"$work/run.log" 2>&1 &
    else
        "$saring" run -c "$work/saring.yml" </dev/null >>"$work/run.log" 2>&1 &
    fi
    supervisor=$!
    started+=("$supervisor")
}

# child NAME: the pid of ingest or review that the log named last
child() { grep -o "event=started child=$1 pid=[0-9]*" "$work/run.log" | tail -n 1 | sed 's/.*pid=//'; }

alive() { local pid; pid=$(child "$1") && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }

logged() { grep -qE "$1" "$work/run.log"; }
ask() { sqlite3 -readonly "$state/casebook.db" "$1"; }
flagged() { ask 'SELECT count(*) FROM posts' 2>/dev/null; }
flagged_is() { [ "$(flagged)" = "$1" ]; }
flagged_at_least() { local now; now=$(flagged) && [ "${now:-0}" -ge "$1" ]; }

# flagged_are WANTED: exactly these ids (a file, one a line), each once
flagged_are() {
    ask 'SELECT item FROM content' | sort >"$work/got.ids"
    sort "$1" >"$work/want.ids"
    diff "$work/want.ids" "$work/got.ids" >"$work/ids.log" || fail "the casebook holds other posts than were flagged: $(head -5 "$work/ids.log")"
    rm "$work/ids.log"
}

# stop_run [SECONDS]: SIGTERM; waits for the end, which must be a clean one
stop_run() {
    kill "$supervisor"
    wait_for "${1:-40}" gone "$supervisor"
    wait "$supervisor" || fail "saring run ended with $?"
}
gone() { ! kill -0 "$1" 2>/dev/null; }
