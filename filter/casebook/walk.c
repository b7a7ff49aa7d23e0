#include "filter/casebook/walk.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/hands.h"
#include "filter/base/mem.h"
#include "filter/casebook/internal.h"

enum { ROWS = 256, BATCHES = 32, HANDS_MOST = 8, BATCH_BYTES = 512 << 10 };

/* Some rows in a row, with all their text. */
struct batch {
    struct casebook_row rows[ROWS];
    bool is_sound[ROWS];
    void *prepared[ROWS];
    size_t count;
    struct hash before; /* that stands in the row before the first */
    struct buf text, bytes;
    bool is_worked;
};

/*
 * A ring of batches. The caller's thread fills them from the database, and hands their rows on in
 * order; the others work on them in between, and so does it when it would have to wait.
 */
struct walking {
    struct batch *batches;
    size_t filled, taken, handed; /* counts; batch n lies at n % BATCHES */
    bool is_over;
    pthread_mutex_t lock;
    pthread_cond_t is_filled, is_worked;
    pthread_t hands[HANDS_MOST];
    size_t hand_count;
    const struct casebook_walk *walk; /* NULL: nobody asks */

    /* The caller's thread's alone: what is verified so far. */
    const struct casebook_head *published;
    struct casebook_report *report;
    int64_t last_ms;
    bool holds_published;
    struct hash read; /* in the row that was read last */
    struct err *err;
};

/* There is room for it: see open_batch. */
static struct str keep(struct batch *batch, struct str text)
{
    size_t start = batch->text.len;
    buf_put_str(&batch->text, text);
    return (struct str){.at = batch->text.bytes + start, .len = text.len};
}

static void work_on(struct walking *all, struct batch *batch)
{
    const struct hash *before = &batch->before;
    for (size_t i = 0; i < batch->count; i++) {
        const struct casebook_row *row = &batch->rows[i];
        buf_clear(&batch->bytes);
        casebook_row_bytes(row, before, &batch->bytes);
        struct hash hash = hash_sha256(buf_str(&batch->bytes));
        batch->is_sound[i] = memcmp(&hash, &row->hash, sizeof hash) == 0;
        batch->prepared[i] = all->walk != NULL && all->walk->prepare != NULL
                                 ? all->walk->prepare(all->walk->context, row)
                                 : NULL;
        before = &row->hash;
    }
}

/* Takes the next batch that nobody works on, and does it; the lock is held but meanwhile. */
static void work_once(struct walking *all)
{
    struct batch *batch = &all->batches[all->taken++ % BATCHES];
    pthread_mutex_unlock(&all->lock);
    work_on(all, batch);
    pthread_mutex_lock(&all->lock);
    batch->is_worked = true;
    pthread_cond_signal(&all->is_worked);
}

static void *work(void *context)
{
    struct walking *all = context;
    pthread_mutex_lock(&all->lock);
    for (;;) {
        while (all->taken == all->filled && !all->is_over) {
            pthread_cond_wait(&all->is_filled, &all->lock);
        }
        if (all->taken == all->filled) {
            break;
        }
        work_once(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static bool check_row(struct walking *all, const struct casebook_row *row, bool is_sound)
{
    struct casebook_report *report = all->report;
    if (row->seq != report->rows + 1) {
        return err_set(all->err, "row %lld is missing from the log: rows were cut out",
                       (long long)report->rows + 1);
    }
    if (!is_sound) {
        return err_set(all->err, "row %lld of the log was edited, or stands in another place",
                       (long long)row->seq);
    }
    if (row->time_ms < all->last_ms) {
        return err_set(all->err, "row %lld of the log is older than the row before it",
                       (long long)row->seq);
    }
    if (all->published != NULL && all->published->seq == row->seq) {
        all->holds_published =
            memcmp(&row->hash, &all->published->hash, sizeof row->hash) == 0 ||
            err_set(all->err,
                    "row %lld is another one than was published: the log was written anew",
                    (long long)row->seq);
        if (!all->holds_published) {
            return false;
        }
    }
    report->rows = row->seq;
    report->head = (struct casebook_head){.seq = row->seq, .hash = row->hash};
    all->last_ms = row->time_ms;
    return true;
}

static void hand_on(struct walking *all, struct batch *batch)
{
    const struct casebook_walk *walk = all->walk;
    for (size_t i = 0; i < batch->count; i++) {
        if (!err_is_set(all->err) && check_row(all, &batch->rows[i], batch->is_sound[i])) {
            if (walk != NULL) {
                walk->each(walk->context, &batch->rows[i], batch->prepared[i]);
            }
        } else if (walk != NULL && batch->prepared[i] != NULL) {
            walk->drop(batch->prepared[i]);
        }
    }
    batch->count = 0;
    batch->is_worked = false;
    buf_clear(&batch->text);
}

/* Hands the oldest batch on, once it is worked on. */
static void hand_on_next(struct walking *all)
{
    struct batch *batch = &all->batches[all->handed % BATCHES];
    pthread_mutex_lock(&all->lock);
    while (!batch->is_worked) {
        if (all->taken < all->filled) {
            work_once(all);
        } else {
            pthread_cond_wait(&all->is_worked, &all->lock);
        }
    }
    pthread_mutex_unlock(&all->lock);
    hand_on(all, batch);
    all->handed++;
}

/* Somebody to help, once there is more than one batch: most logs are short. */
static void hire(struct walking *all)
{
    size_t wanted = hands_count() - 1;
    while (all->hand_count < wanted && all->hand_count < HANDS_MOST &&
           pthread_create(&all->hands[all->hand_count], NULL, work, all) == 0) {
        all->hand_count++;
    }
}

static void finish_batch(struct walking *all)
{
    pthread_mutex_lock(&all->lock);
    all->filled++;
    pthread_cond_signal(&all->is_filled);
    pthread_mutex_unlock(&all->lock);
    if (all->filled == 2) {
        hire(all);
    }
}

/* The batch for a row of so much text: rows point into it, so that it must not grow later. */
static struct batch *open_batch(struct walking *all, size_t bytes)
{
    struct batch *batch = &all->batches[all->filled % BATCHES];
    if (batch->count == ROWS || (batch->count > 0 && batch->text.room - batch->text.len <= bytes)) {
        finish_batch(all);
        if (all->filled - all->handed == BATCHES) {
            hand_on_next(all);
        }
        batch = &all->batches[all->filled % BATCHES];
    }
    if (batch->count == 0) {
        batch->before = all->read;
        buf_reserve(&batch->text, bytes > BATCH_BYTES ? bytes : BATCH_BYTES);
    }
    return batch;
}

static bool read_row(void *context, const struct casebook_row *row)
{
    struct walking *all = context;
    struct batch *batch = open_batch(all, row->actor.len + row->action.len + row->detail.len);
    struct casebook_row *kept = &batch->rows[batch->count++];
    *kept = *row;
    kept->actor = keep(batch, row->actor);
    kept->action = keep(batch, row->action);
    kept->detail = keep(batch, row->detail);
    all->read = row->hash;
    return !err_is_set(all->err);
}

static bool read_all(struct walking *all, struct casebook *casebook, struct err *err)
{
    bool done = casebook_audit_read(casebook, INT64_MIN, read_row, all, err);
    if (all->batches[all->filled % BATCHES].count > 0) {
        finish_batch(all);
    }
    while (all->handed < all->filled) {
        hand_on_next(all);
    }
    pthread_mutex_lock(&all->lock);
    all->is_over = true;
    pthread_cond_broadcast(&all->is_filled);
    pthread_mutex_unlock(&all->lock);
    while (all->hand_count > 0) {
        pthread_join(all->hands[--all->hand_count], NULL);
    }
    return done;
}

static void free_batches(struct walking *all)
{
    for (size_t i = 0; i < BATCHES; i++) {
        buf_fini(&all->batches[i].text);
        buf_fini(&all->batches[i].bytes);
    }
    free(all->batches);
}

enum casebook_audit casebook_walk(struct casebook *casebook, const struct casebook_head *published,
                                  struct casebook_report *report, const struct casebook_walk *walk,
                                  struct err *err)
{
    struct err broken = ERR_NONE;
    struct walking all = {
        .batches = mem_zero(BATCHES, sizeof *all.batches),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .is_filled = PTHREAD_COND_INITIALIZER,
        .is_worked = PTHREAD_COND_INITIALIZER,
        .walk = walk,
        .published = published,
        .report = report,
        .last_ms = INT64_MIN,
        .holds_published = published == NULL || published->seq == 0,
        .err = &broken,
    };
    *report = (struct casebook_report){.rows = 0};
    bool done = read_all(&all, casebook, err);
    free_batches(&all);
    if (!done) {
        return AUDIT_FAILED;
    }
    if (!err_is_set(&broken) && published != NULL && !all.holds_published) {
        err_set(&broken, "the log ends at row %lld, but row %lld was published: it was cut",
                (long long)report->rows, (long long)published->seq);
    }
    if (err_is_set(&broken)) {
        *err = broken;
        err_in_file(err, casebook->path);
        return AUDIT_BROKEN;
    }
    return AUDIT_INTACT;
}
