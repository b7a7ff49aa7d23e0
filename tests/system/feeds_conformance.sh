# feed-eval over feedparser's own tests, beside what feedparser reads in them: at least 97 % agree, and
# tests/feeds/feed_eval.differences says why ours is kept in each of the others.
. "$(dirname "$0")/lib.sh"
corpus=../shared/corpora/feeds
[ -r $corpus/feedparser.tar.xz ] || skip "../shared is not there"
need xz
make -s build/tests/feed-eval
mkdir "$work/feeds"
tar -C "$work/feeds" -xf $corpus/feedparser.tar.xz
find "$work/feeds" -type f | build/tests/feed-eval >"$work/got.ndjson" 2>/dev/null
python3 tests/feeds/feed_eval.py $corpus/feedparser.expected.ndjson "$work/got.ndjson" "$work/feeds" \
    tests/feeds/feed_eval.differences >"$work/eval.log" || fail "feeds are read otherwise than expected"
cat "$work/eval.log"
