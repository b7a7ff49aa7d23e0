# A season whose sources are services of every kind, and a folder of NDJSON: a post of each is flagged; tokens
# go where they belong and nowhere else; no author is anywhere in the state.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"

start services python3 "$root/tests/feeds/services.py" "$work/requests" "$marker"
wait_for 10 grep -qE '^[0-9]+$' "$work/services.log"
at=http://127.0.0.1:$(head -1 "$work/services.log")
one_rule
configure
mkdir "$work/folder"
printf 'rahasia-satu\n' >"$work/satu"
printf 'rahasia-dua\n' >"$work/dua"
chmod 644 "$work/satu" "$work/dua" # ingest is not who started it
source_of() { echo "  - { id: $1, kind: $2, url: '$at$3', organisation: Contoh, allow_private: true${4:+, token_file: $4} }"; }
{
    echo "sources:"
    source_of tag mastodon /api/v1/timelines/tag/pilkada
    source_of cari mastodon '/api/v2/search?type=statuses&q=pilkada' satu
    source_of biru bluesky '/xrpc/app.bsky.feed.searchPosts?q=pilkada'
    source_of fakta factcheck '/v1alpha1/claims:search?languageCode=id&query=pilkada' dua
    source_of cek claimreview /cek/2
    source_of kanal telegram /s/kpu_contoh
    source_of tabung youtube '/feeds/videos.xml?channel_id=UCcontoh'
    source_of simpul rsshub /contoh/terbaru
    source_of jembatan rss-bridge '/bridge?action=display&bridge=Contoh&format=Atom'
    source_of tabel csv /export.csv
    source_of tip tip /tips.ndjson
    source_of pindah mastodon /moved satu
    echo "  - { id: folder, kind: ndjson, path: folder }"
} >"$work/sources.yml"
start_season
run
printf '{"id":"dari-folder","text":"%s"}\n' "$marker" >"$work/tulis"
mv "$work/tulis" "$work/folder/a.ndjson"
# Tips have an id of their text; fact-checks are no posts, and these are of pages of nobody on the list.
wait_for 60 flagged_is 10
wait_for 60 logged 'event=reviews_refused count=2 '
wait_for 60 logged 'event=reviews_refused count=1 '
wait_for 30 logged "event=source_failed source=pindah "
[ "$(grep -c rahasia-satu "$work/requests")" -ge 2 ] || fail "the token was not shown"
is "$(grep rahasia "$work/requests" | grep -cv -e /api/v2/search -e /v1alpha1/ -e /moved)" 0 "tokens shown elsewhere"
stop_run
for name in "Warga Contoh" "Akun Contoh" "Nama Rekaan" Redaksi Panitia rahasia-satu rahasia-dua; do
    grep -rqF "$name" "$state" && fail "[$name] is in the state"
done
lacks "$(cat "$work/run.log")" rahasia "a token is in the log"
