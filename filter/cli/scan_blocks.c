#include "filter/cli/scan_blocks.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feeds/ndjson.h"
#include "filter/base/mem.h"
#include "filter/cli/terminal.h"

enum { BLOCK_BYTES = 512 << 10, BLOCK_ERRORS = 64 << 10 };

enum slot_state { SLOT_FREE, SLOT_READ, SLOT_WORKED_ON, SLOT_DONE };

struct slot {
    struct scan_block block;
    enum slot_state state;
};

/*
 * A ring of blocks. The reader fills the next free one, workers take read ones, the writer frees
 * done ones; reader and writer go round in order.
 */
struct ring {
    const struct scan_job *job;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot *slots;
    size_t count;
    uint64_t read, taken, written; /* blocks so far */
    bool is_over, is_stopped;      /* nothing more is read; nothing more is wanted */
};

/* One file as it is read. */
struct reading {
    struct ring *ring;
    const char *name;
    int fd;
    struct buf rest; /* bytes that no whole line was made of yet */
    uint64_t line;   /* on which they start */
    bool is_skipping;
    bool is_end;
    struct feeds_csv_header *columns;
};

static struct slot *slot_at(struct ring *ring, uint64_t number)
{
    return &ring->slots[number % ring->count];
}

/* The next block to fill; NULL if nothing more is wanted. */
static struct scan_block *next_block(struct ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    struct slot *slot = slot_at(ring, ring->read);
    while (slot->state != SLOT_FREE && !ring->is_stopped) {
        pthread_cond_wait(&ring->changed, &ring->lock);
    }
    bool is_stopped = ring->is_stopped;
    pthread_mutex_unlock(&ring->lock);
    return is_stopped ? NULL : &slot->block;
}

static void hand_over(struct ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    slot_at(ring, ring->read++)->state = SLOT_READ;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
}

void scan_bad_line(struct scan_block *block, const struct err *err)
{
    char text[800];
    block->counts.bad++;
    if (block->errors.len < BLOCK_ERRORS) {
        cli_put_line(&block->errors, str_of(err_format(err, text, sizeof text)));
        buf_put_char(&block->errors, '\n');
    }
}

static void clear_block(struct scan_block *block, const struct reading *reading)
{
    block->file = reading->name;
    block->columns = reading->columns;
    buf_clear(&block->bytes);
    buf_clear(&block->out);
    buf_clear(&block->errors);
    buf_clear(&block->sightings);
    block->line_count = 0;
    block->counts = (struct scan_counts){.posts = 0};
}

static void add_line(struct scan_block *block, struct str line, uint64_t number)
{
    if (block->line_count == block->line_room) {
        mem_grow(&block->lines, &block->line_room, block->line_count + 1, sizeof *block->lines);
    }
    block->lines[block->line_count++] = (struct scan_line){
        .at = (size_t)(line.at - block->bytes.bytes), .len = line.len, .number = number};
}

static void refuse_line(struct scan_block *block, const struct reading *reading, size_t most)
{
    struct err err = ERR_NONE;
    err_set_at(&err, (unsigned)reading->line, 0,
               "a line of more than %zu bytes, which is no post; passed over", most);
    err_in_file(&err, reading->name);
    scan_bad_line(block, &err);
}

/* Takes whole lines off the block's bytes; what is left over goes back to the reading's rest. */
static void cut_lines(struct scan_block *block, struct reading *reading)
{
    struct str rest = buf_str(&block->bytes);
    while (rest.len > 0) {
        const char *end = memchr(rest.at, '\n', rest.len);
        if (end == NULL && !reading->is_end) {
            break;
        }
        size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
        if (reading->is_skipping) {
            reading->is_skipping = false;
        } else if (len > FEEDS_NDJSON_MAX_LINE) {
            refuse_line(block, reading, FEEDS_NDJSON_MAX_LINE);
        } else {
            add_line(block, str_part(rest, 0, len), reading->line);
        }
        rest = str_part(rest, end != NULL ? len + 1 : len, rest.len);
        reading->line++;
    }
    if (rest.len > FEEDS_NDJSON_MAX_LINE && !reading->is_skipping) {
        refuse_line(block, reading, FEEDS_NDJSON_MAX_LINE);
        reading->is_skipping = true;
    }
    buf_clear(&reading->rest);
    if (!reading->is_skipping) {
        buf_put_str(&reading->rest, rest);
    }
}

/* The same for the rows of CSV; the first is the header. False if that is wrong. */
static bool cut_rows(struct scan_block *block, struct reading *reading, struct err *err)
{
    struct str rest = buf_str(&block->bytes), row;
    size_t lines;
    for (;;) {
        enum feeds_csv_cut cut = feeds_csv_cut(&rest, reading->is_end, &row, &lines);
        if (cut == FEEDS_CSV_MORE) {
            break;
        }
        if (cut == FEEDS_CSV_OVERLONG) {
            refuse_line(block, reading, FEEDS_CSV_MAX_ROW);
        } else if (reading->columns == NULL) {
            reading->columns = feeds_csv_header_new(row, reading->ring->job->text_column, err);
            if (reading->columns == NULL) {
                return err_in_file(err, reading->name);
            }
            block->columns = reading->columns;
        } else {
            add_line(block, row, reading->line);
        }
        reading->line += lines;
    }
    buf_clear(&reading->rest);
    buf_put_str(&reading->rest, rest);
    return true;
}

static bool has_more_now(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) > 0;
}

/* Reads into the block until it is full, or nothing more is there at once. */
static bool fill(struct scan_block *block, struct reading *reading, struct err *err)
{
    struct buf *bytes = &block->bytes;
    size_t full = reading->rest.len + BLOCK_BYTES;
    buf_put_str(bytes, buf_str(&reading->rest));
    mem_grow(&bytes->bytes, &bytes->room, full + 1, 1);
    while (bytes->len < full) {
        ssize_t got = read(reading->fd, bytes->bytes + bytes->len, full - bytes->len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            err_set(err, "it cannot be read: %s", strerror(errno));
            return err_in_file(err, reading->name);
        }
        reading->is_end = got == 0;
        block->counts.bytes += (uint64_t)got;
        bytes->len += (size_t)got;
        if (reading->is_end || !has_more_now(reading->fd)) {
            break;
        }
    }
    return true;
}

static bool read_blocks(struct reading *reading, struct err *err)
{
    struct ring *ring = reading->ring;
    while (!reading->is_end) {
        struct scan_block *block = next_block(ring);
        if (block == NULL) {
            return true;
        }
        clear_block(block, reading);
        bool ok = fill(block, reading, err);
        if (ok && ring->job->format == SCAN_CSV) {
            ok = cut_rows(block, reading, err);
        } else if (ok) {
            cut_lines(block, reading);
        }
        if (!ok) {
            scan_bad_line(block, err);
            block->counts.bad = 0; /* a file, not a line */
            block->line_count = 0;
        }
        hand_over(ring);
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* Reads one file; `*columns` is what its blocks borrow, for the end. */
static bool read_file(struct ring *ring, const char *path, struct feeds_csv_header **columns,
                      struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct reading reading = {.ring = ring, .name = is_stdin ? "stdin" : path, .line = 1};
    reading.fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (reading.fd < 0) {
        struct scan_block *block = next_block(ring);
        err_set(err, "it cannot be opened: %s", strerror(errno));
        err_in_file(err, path);
        if (block != NULL) {
            clear_block(block, &reading);
            scan_bad_line(block, err);
            block->counts.bad = 0;
            hand_over(ring);
        }
        return false;
    }
    bool ok = read_blocks(&reading, err);
    if (!is_stdin) {
        close(reading.fd);
    }
    buf_fini(&reading.rest);
    *columns = reading.columns;
    return ok;
}

/* Waits for work; NULL when there will be none. */
static struct slot *take(struct ring *ring)
{
    struct slot *slot = NULL;
    pthread_mutex_lock(&ring->lock);
    while (ring->taken == ring->read && !ring->is_over && !ring->is_stopped) {
        pthread_cond_wait(&ring->changed, &ring->lock);
    }
    if (ring->taken < ring->read && !ring->is_stopped) {
        slot = slot_at(ring, ring->taken++);
        slot->state = SLOT_WORKED_ON;
    }
    pthread_mutex_unlock(&ring->lock);
    return slot;
}

static void *work(void *context)
{
    struct ring *ring = context;
    void *worker = ring->job->worker_new(ring->job->context);
    for (struct slot *slot = take(ring); slot != NULL; slot = take(ring)) {
        ring->job->work(worker, &slot->block);
        pthread_mutex_lock(&ring->lock);
        slot->state = SLOT_DONE;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->lock);
    }
    ring->job->worker_free(worker);
    return NULL;
}

static void *write_out(void *context)
{
    struct ring *ring = context;
    for (;;) {
        pthread_mutex_lock(&ring->lock);
        struct slot *slot = slot_at(ring, ring->written);
        while (slot->state != SLOT_DONE && !(ring->is_over && ring->written == ring->read)) {
            pthread_cond_wait(&ring->changed, &ring->lock);
        }
        bool is_done = slot->state == SLOT_DONE;
        pthread_mutex_unlock(&ring->lock);
        if (!is_done) {
            return NULL;
        }
        bool goes_on = ring->job->write(ring->job->context, &slot->block);
        pthread_mutex_lock(&ring->lock);
        slot->state = SLOT_FREE;
        ring->written++;
        ring->is_stopped = !goes_on;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->lock);
        if (!goes_on) {
            return NULL;
        }
    }
}

static void start(pthread_t *thread, void *(*function)(void *), struct ring *ring)
{
    int failed = pthread_create(thread, NULL, function, ring);
    assert(failed == 0);
    (void)failed;
}

/* Reads all files into the ring; the number of those that could not be read. */
static size_t read_files(struct ring *ring, struct feeds_csv_header **columns, struct err *err)
{
    size_t failed = 0;
    for (size_t i = 0; i < ring->job->file_count; i++) {
        struct err one = ERR_NONE;
        if (!read_file(ring, ring->job->files[i], &columns[i], &one)) {
            *err = one;
            failed++;
        }
    }
    pthread_mutex_lock(&ring->lock);
    ring->is_over = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
    return failed;
}

bool scan_run(const struct scan_job *job, struct err *err)
{
    struct ring ring = {.job = job, .count = 2 * (size_t)job->workers + 2};
    struct feeds_csv_header **columns = mem_zero(job->file_count, sizeof *columns);
    pthread_t *threads = mem_zero(job->workers + 1, sizeof *threads);
    pthread_mutex_init(&ring.lock, NULL);
    pthread_cond_init(&ring.changed, NULL);
    ring.slots = mem_zero(ring.count, sizeof *ring.slots);
    for (unsigned i = 0; i < job->workers; i++) {
        start(&threads[i], work, &ring);
    }
    start(&threads[job->workers], write_out, &ring);
    size_t failed = read_files(&ring, columns, err);
    for (unsigned i = 0; i <= job->workers; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < ring.count; i++) {
        buf_fini(&ring.slots[i].block.bytes);
        buf_fini(&ring.slots[i].block.out);
        buf_fini(&ring.slots[i].block.errors);
        buf_fini(&ring.slots[i].block.sightings);
        free(ring.slots[i].block.lines);
    }
    for (size_t i = 0; i < job->file_count; i++) {
        feeds_csv_header_free(columns[i]);
    }
    pthread_cond_destroy(&ring.changed);
    pthread_mutex_destroy(&ring.lock);
    free(ring.slots);
    free(columns);
    free(threads);
    return failed == 0 && !ring.is_stopped;
}
