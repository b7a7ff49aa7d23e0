/* What the ingest process says of its work: figures alone. */
#include "filter/pipeline/internal.h"

void ingest_log_stats(struct ingest *ingest, const char *event)
{
    struct workers_counts work = {.posts = 0};
    struct feeds_intake_counts feeds = {.posts = 0};
    struct stdin_counts lines = {.lines = 0};
    struct verdict_redis_counts remote = {.asked = 0};
    struct verdict_cache_counts cache = verdict_cache_counts(ingest->cache);
    if (ingest->workers != NULL) {
        work = workers_counts(ingest->workers);
    }
    struct correlate_counts correlated = {.groups = 0};
    if (ingest->correlate != NULL) {
        correlated = correlate_counts(ingest->correlate);
    }
    if (ingest->intake != NULL) {
        feeds = feeds_intake_counts(ingest->intake);
    }
    if (ingest->lines != NULL) {
        lines = stdin_counts(ingest->lines);
    }
    struct unshorten_counts shorts = {.held = 0};
    if (ingest->unshorten != NULL) {
        shorts = unshorten_counts(ingest->unshorten);
    }
    if (ingest->redis != NULL) {
        remote = verdict_redis_counts(ingest->redis);
    }
    log_line(LOG_INFO, event, LOG_NUMBER("posts", work.posts), LOG_NUMBER("clean", work.clean),
             LOG_NUMBER("flagged", work.flagged), LOG_NUMBER("refused", work.refused),
             LOG_NUMBER("faults", work.faults), LOG_NUMBER("shadows", work.shadows),
             LOG_NUMBER("seen", feeds.seen + lines.seen), LOG_NUMBER("bad", feeds.bad + lines.bad),
             LOG_NUMBER("documents", feeds.documents), LOG_NUMBER("failures", feeds.failures),
             LOG_NUMBER("lines", lines.lines), LOG_NUMBER("cache_hits", cache.hits),
             LOG_NUMBER("cache_entries", cache.entries), LOG_NUMBER("redis_found", work.remote),
             LOG_NUMBER("redis_stored", remote.stored), LOG_NUMBER("redis_dropped", remote.dropped),
             LOG_NUMBER("redis_forged", remote.forged + work.unread),
             LOG_NUMBER("short_links", shorts.held), LOG_NUMBER("short_resolved", shorts.resolved),
             LOG_NUMBER("short_requests", shorts.links.requests),
             LOG_NUMBER("correlated", correlated.events), LOG_NUMBER("found", correlated.found),
             LOG_NUMBER("late", correlated.late), LOG_NUMBER("lost", correlated.lost),
             LOG_NUMBER("waiting", outbox_count(ingest->outbox)));
    ingest->told_posts = work.posts;
}
