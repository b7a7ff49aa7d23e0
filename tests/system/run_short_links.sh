# Short links of flagged posts: resolved where a released rule points at them, at listed shorteners
# alone; kept in the casebook beside the link and in Redis under keyed hashes. No link of another
# post is asked for or kept, and a shortener that hangs or is gone costs nothing but its answer.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
need redis-server
need redis-cli

start_shortener() {
    : >"$work/asked"
    start shortener python3 "$root/tests/feeds/shortener.py" "$work/asked"
    shortener=$pid
    wait_for 20 grep -qE '^[0-9]+ [0-9]+$' "$work/shortener.log"
    read -r short beside <"$work/shortener.log"
}
start_shortener
redis_port=$(free_port)
start redis redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work"
wait_for 20 eval "redis-cli -p $redis_port ping | grep -q PONG"

one_rule # words alone
link_rule() { # link_rule FILE WORDS ID: words beside any link
    write_rule "$1" "$2" "$3"
    sed -i "s/  condition: isi/  tautan: { 'link.host|exists': true }\n  condition: isi and tautan/; s|Ikuti $2 sekarang|$2 https://a.example/|" "$1"
}
link_rule "$rules/tautan.yml" 'kupon pemilih' 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02
echo "127.0.0.1:$short allow_private" >"$work/shorteners.txt"
configure "redis: { url: 'redis://127.0.0.1:$redis_port' }" "shorteners: shorteners.txt"
start_season
link_rule "$rules/bayangan.yml" 'undian bayangan' 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a03 # nobody released it

at="http://127.0.0.1:$short"
post() { echo "{\"id\":\"$1\",\"source\":\"uji\",\"text\":\"$2\"${3:+,\"links\":[\"$3\"]}}"; }
mkfifo "$work/in"
run "$work/in"
exec 5>"$work/in"
{
    post lambat "kupon pemilih lekas: $at/slow"
    post teks "klaim kupon pemilih di $at/relative sekarang"
    post ganti "kupon pemilih untuk semua" "$at/get"
    post laman "kupon pemilih: $at/page"
    post putar "kupon pemilih lagi: $at/loop"
    post pribadi "kupon pemilih juga: $at/beside"
    post kata "$marker di $at/hanyakata"
    post bersih "selamat pagi dari $at/takcocok"
    post bayangan "undian bayangan di $at/taktampak"
} >&5
links_of() { ask "SELECT links FROM content WHERE item = '$1'"; }
wait_for 60 flagged_is 7
has "$(links_of teks)" '"https://tujuan.example/isi?no=1"' "links of a short link in the text"
has "$(links_of teks)" "\"$at/relative\"" "the short link itself"
has "$(links_of ganti)" '"https://tujuan.example/lewat-get"' "links of one in mark-up"
has "$(links_of laman)" '"https://halaman.example/a?b=1&c=2"' "links of a page that sends on"
for item in putar pribadi lambat kata; do
    is "$(links_of $item | grep -o http | wc -l)" 1 "links of $item"
done
# The one that hung is the only one that waited; nobody was asked about links that are no reason.
! grep -E 'hanyakata|takcocok|taktampak|rahasia' "$work/asked" || fail "a link was asked for that no rule points at"
is "$(grep -c "HEAD 127.0.0.1:$short /ok" "$work/asked")" 1 "requests for /ok"
! grep -vE '^saring:v1:[0-9a-f]{64}$' <(redis-cli -p "$redis_port" --scan) || fail "a key that is no keyed hash"
! grep -qra 'takcocok\|taktampak' "$state" || fail "a link of an unmatched post was kept"
! grep -E "127.0.0.1:$short|tujuan.example|halaman.example" "$work/run.log" || fail "the log holds a link"
exec 5>&-
stop_run
logged 'event=drained .*short_links=6 short_resolved=3' || fail "the figures: $(grep event=drained "$work/run.log")"

# The shortener is gone: what a node found before is in Redis, for other posts with that link too;
# a link that nobody knows stays as it is.
kill "$shortener"
wait_for 20 gone "$shortener"
: >"$work/run.log"
run "$work/in"
exec 5>"$work/in"
{
    post lain "kupon pemilih terbaru $at/relative"
    post baru "kupon pemilih terbaru $at/lain"
} >&5
wait_for 60 flagged_is 9
has "$(links_of lain)" '"https://tujuan.example/isi?no=1"' "links found in Redis"
is "$(links_of baru)" "[\"$at/lain\"]" "links where nobody answers"
exec 5>&-
stop_run

# A list that can't be read is said, and nothing else.
echo 'https://bit.ly/' >"$work/shorteners.txt"
: >"$work/run.log"
run
wait_for 60 logged 'event=short_links_not_resolved file=.*shorteners.txt line=1 .*is no host name'
wait_for 60 eval 'alive review && alive ingest'
stop_run
