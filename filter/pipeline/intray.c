#include "filter/pipeline/intray.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/casebook.h"
#include "filter/verdict/verdict.h"

enum {
    ARENA_BYTES = 96 << 20, /* a verdict of the largest size, read */
    LONGEST_WAIT_MS = 10000,
    TOLD_EVERY_MS = 60000,
    MAX_SOURCE = 64, /* bytes of a source's name in the log */
};

struct kept {
    uint64_t number;
    bool is_report;
    struct buf json;
    unsigned refusals; /* while another verdict was taken */
};

/* Flagged in the transaction that is open, and not durable yet. */
struct added {
    uint64_t number;
    struct buf json;
    enum casebook_flagged outcome;
    bool is_dead; /* no verdict at all: told so already */
};

struct intray {
    struct casebook *casebook;
    intray_take_report *take_report;
    void *report_context;
    struct added added[INTRAY_MOST];
    size_t added_count;
    struct arena *arena;
    struct kept kept[INTRAY_MOST];
    size_t count;
    bool was_taken;  /* another verdict got in since the last one was refused */
    bool may_probe;  /* one more may come, to see whether it gets in */
    int64_t next_ms; /* of the next round; monotonic */
    int first_wait_ms, wait_ms;
    int64_t told_ms; /* when the log last said why */
    struct intray_counts counts;
};

struct intray *intray_new(struct casebook *casebook, int wait_ms)
{
    struct intray *intray = mem_zero(1, sizeof *intray);
    intray->casebook = casebook;
    intray->first_wait_ms = wait_ms;
    intray->arena = arena_new(ARENA_BYTES);
    intray->told_ms = INT64_MIN;
    return intray;
}

void intray_on_report(struct intray *intray, intray_take_report *take, void *context)
{
    intray->take_report = take;
    intray->report_context = context;
}

void intray_forget(struct intray *intray)
{
    for (size_t i = 0; i < intray->count; i++) {
        buf_fini(&intray->kept[i].json);
    }
    intray->count = 0;
}

void intray_free(struct intray *intray)
{
    if (intray == NULL) {
        return;
    }
    intray_forget(intray);
    assert(intray->added_count == 0);
    arena_free(intray->arena);
    free(intray);
}

/* What can't be taken is said with its source and number, never with what it holds. */
static void bury(struct intray *intray, uint64_t number, struct str source, const char *event,
                 const struct err *err)
{
    char name[MAX_SOURCE + 1];
    size_t len = source.len < MAX_SOURCE ? source.len : MAX_SOURCE;
    memcpy(name, source.len > 0 ? source.at : "", len);
    name[len] = '\0';
    intray->counts.dead++;
    log_line(LOG_ERROR, event, LOG_TEXT("source", name), LOG_NUMBER("number", number),
             LOG_TEXT("why", err->message));
}

static void note(struct intray *intray, enum casebook_flagged outcome)
{
    switch (outcome) {
    case CASEBOOK_OPENED:
        intray->counts.opened++;
        break;
    case CASEBOOK_JOINED:
        intray->counts.joined++;
        break;
    case CASEBOOK_DUPLICATE:
        intray->counts.duplicates++;
        break;
    case CASEBOOK_DECIDED:
        intray->counts.decided++;
        break;
    case CASEBOOK_SHADOW: /* ingest was told of a release that was withdrawn since, or lies */
        intray->counts.shadow++;
        break;
    case CASEBOOK_OVER:
        intray->counts.over++;
        break;
    }
}

enum try_answer { TRY_TAKEN, TRY_DEAD, TRY_REFUSED };

static enum try_answer try_one(struct intray *intray, uint64_t number, struct str json,
                               struct verdict *verdict, struct err *err)
{
    enum casebook_flagged outcome;
    arena_reset(intray->arena);
    if (!verdict_read(intray->arena, json, verdict, err)) {
        bury(intray, number, verdict->post.source, "dead_letter", err);
        return TRY_DEAD;
    }
    if (!casebook_flag(intray->casebook, verdict, &outcome, err)) {
        return TRY_REFUSED;
    }
    note(intray, outcome);
    intray->was_taken = true;
    return TRY_TAKEN;
}

static enum try_answer try_report(struct intray *intray, struct str report, struct err *err)
{
    if (!intray->take_report(intray->report_context, report, err)) {
        return TRY_REFUSED;
    }
    intray->was_taken = true;
    return TRY_TAKEN;
}

static void wait_longer(struct intray *intray)
{
    intray->wait_ms = intray->wait_ms == 0                    ? intray->first_wait_ms
                      : intray->wait_ms < LONGEST_WAIT_MS / 2 ? intray->wait_ms * 2
                                                              : LONGEST_WAIT_MS;
    intray->next_ms = clock_monotonic_ms() + intray->wait_ms;
}

static void tell(struct intray *intray, const struct err *err)
{
    int64_t now_ms = clock_monotonic_ms();
    if (intray->told_ms == INT64_MIN || now_ms - intray->told_ms >= TOLD_EVERY_MS) {
        intray->told_ms = now_ms;
        log_line(LOG_ERROR, "verdicts_wait", LOG_TEXT("why", err->message),
                 LOG_NUMBER("kept", intray->count),
                 LOG_TEXT("now", "tried again until the casebook takes them"));
    }
}

static bool add_one(struct intray *intray, uint64_t number, struct str json, struct err *err)
{
    struct added *added = &intray->added[intray->added_count];
    struct verdict verdict;
    *added = (struct added){.number = number};
    arena_reset(intray->arena);
    if (!verdict_read(intray->arena, json, &verdict, err)) {
        bury(intray, number, verdict.post.source, "dead_letter", err);
        added->is_dead = true;
    } else if (!casebook_flag(intray->casebook, &verdict, &added->outcome, err)) {
        return false;
    }
    buf_put_str(&added->json, json);
    intray->added_count++;
    return true;
}

bool intray_add(struct intray *intray, uint64_t number, struct str json,
                void (*taken)(void *context, uint64_t number), void *context)
{
    struct err err = ERR_NONE;
    /* While some wait already, the casebook is in trouble: one by one then. */
    bool can_batch =
        intray->count == 0 && (intray->added_count > 0 || casebook_begin(intray->casebook, &err));
    if (can_batch && add_one(intray, number, json, &err)) {
        return intray->added_count == INTRAY_MOST;
    }
    if (can_batch && intray->added_count == 0 && !casebook_commit(intray->casebook, &err)) {
        tell(intray, &err); /* an empty one: what failed is tried again below */
    }
    intray_settle(intray, taken, context);
    /* There is room for it: fewer than INTRAY_MOST were added, and no others were kept. */
    if (intray_put(intray, number, json) == INTRAY_TAKEN) {
        taken(context, number);
    }
    return false;
}

void intray_settle(struct intray *intray, void (*taken)(void *context, uint64_t number),
                   void *context)
{
    struct err err = ERR_NONE;
    size_t count = intray->added_count;
    if (count == 0) {
        return;
    }
    intray->added_count = 0;
    bool done = casebook_commit(intray->casebook, &err);
    for (size_t i = 0; i < count; i++) {
        struct added *added = &intray->added[i];
        if (done && !added->is_dead) {
            note(intray, added->outcome);
            intray->was_taken = true;
        }
        if (done || added->is_dead ||
            intray_put(intray, added->number, buf_str(&added->json)) == INTRAY_TAKEN) {
            taken(context, added->number);
        }
        buf_fini(&added->json);
    }
}

static enum intray_answer keep(struct intray *intray, uint64_t number, bool is_report,
                               struct str json, const struct err *err)
{
    struct kept *kept = &intray->kept[intray->count++];
    *kept = (struct kept){.number = number, .is_report = is_report};
    buf_put_str(&kept->json, json);
    intray->was_taken = false;
    intray->may_probe = false;
    if (intray->count == 1) {
        intray->wait_ms = 0;
        wait_longer(intray);
    }
    tell(intray, err);
    return INTRAY_KEPT;
}

enum intray_answer intray_put(struct intray *intray, uint64_t number, struct str json)
{
    struct verdict verdict;
    struct err err = ERR_NONE;
    assert(intray->count < INTRAY_MOST);
    return try_one(intray, number, json, &verdict, &err) != TRY_REFUSED
               ? INTRAY_TAKEN
               : keep(intray, number, false, json, &err);
}

enum intray_answer intray_put_report(struct intray *intray, uint64_t number, struct str report)
{
    struct err err = ERR_NONE;
    assert(intray->count < INTRAY_MOST && intray->added_count == 0);
    return try_report(intray, report, &err) != TRY_REFUSED
               ? INTRAY_TAKEN
               : keep(intray, number, true, report, &err);
}

bool intray_is_stuck(const struct intray *intray)
{
    return intray->count == INTRAY_MOST ||
           (intray->count > 0 && !intray->was_taken && !intray->may_probe);
}

static void drop(struct intray *intray, size_t i)
{
    buf_fini(&intray->kept[i].json);
    intray->count--;
    memmove(&intray->kept[i], &intray->kept[i + 1], (intray->count - i) * sizeof intray->kept[0]);
}

void intray_retry(struct intray *intray, void (*taken)(void *context, uint64_t number),
                  void *context)
{
    if (intray->count == 0 || clock_monotonic_ms() < intray->next_ms) {
        return;
    }
    bool others_got_in = intray->was_taken;
    for (size_t i = 0; i < intray->count;) {
        struct verdict verdict = {.post = POST_EMPTY};
        struct err err = ERR_NONE;
        struct kept *kept = &intray->kept[i];
        enum try_answer answer =
            kept->is_report ? try_report(intray, buf_str(&kept->json), &err)
                            : try_one(intray, kept->number, buf_str(&kept->json), &verdict, &err);
        others_got_in = others_got_in || answer == TRY_TAKEN;
        if (answer == TRY_REFUSED && others_got_in && ++kept->refusals >= INTRAY_REFUSALS) {
            bury(intray, kept->number, verdict.post.source, "verdict_never_taken", &err);
            answer = TRY_DEAD;
        }
        if (answer != TRY_REFUSED) {
            taken(context, kept->number);
            drop(intray, i);
            continue;
        }
        tell(intray, &err);
        i++;
    }
    intray->was_taken = others_got_in; /* then the others need not wait for these */
    intray->may_probe = true;
    wait_longer(intray);
    if (intray->count == 0) {
        log_line(LOG_INFO, "verdicts_taken", LOG_TEXT("now", "none waits any more"));
        intray->told_ms = INT64_MIN;
    }
}

int intray_wait_ms(const struct intray *intray)
{
    if (intray->count == 0) {
        return -1;
    }
    int64_t left_ms = intray->next_ms - clock_monotonic_ms();
    return left_ms > 0 ? (int)left_ms : 0;
}

struct intray_counts intray_counts(const struct intray *intray)
{
    struct intray_counts counts = intray->counts;
    counts.kept = intray->count;
    return counts;
}
