#include "filter/verdict/redis_wire.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { MAX_UNREAD = VERDICT_REDIS_MAX_VALUE + (64 << 10), MAX_CODE = 24 };

struct verdict_redis_wire {
    redisReader *reader;
    redisReplyObjectFunctions functions;
    redisReply *reply; /* the last answer, in which its text lies */
    size_t unread;     /* bytes fed since the last whole answer */
};

/*
 * No command of ours is answered with an array. hiredis would reserve room for as many elements
 * as a hostile server says, so none is made: the reader then gives up.
 */
#if HIREDIS_MAJOR < 1
static void *refuse_array(const redisReadTask *task, int elements)
#else
static void *refuse_array(const redisReadTask *task, size_t elements)
#endif
{
    (void)task;
    (void)elements;
    return NULL;
}

struct verdict_redis_wire *verdict_redis_wire_new(void)
{
    struct verdict_redis_wire *wire = mem_zero(1, sizeof *wire);
    wire->reader = redisReaderCreate();
    if (wire->reader == NULL) {
        abort(); /* out of memory, as mem_alloc */
    }
    wire->functions = *wire->reader->fn;
    wire->functions.createArray = refuse_array;
    wire->reader->fn = &wire->functions;
    return wire;
}

static void forget_reply(struct verdict_redis_wire *wire)
{
    if (wire->reply != NULL) {
        freeReplyObject(wire->reply);
        wire->reply = NULL;
    }
}

void verdict_redis_wire_free(struct verdict_redis_wire *wire)
{
    if (wire == NULL) {
        return;
    }
    forget_reply(wire);
    redisReaderFree(wire->reader);
    free(wire);
}

bool verdict_redis_wire_feed(struct verdict_redis_wire *wire, struct str bytes, struct err *err)
{
    if (bytes.len > MAX_UNREAD - wire->unread) {
        return err_set(err, "an answer of more than %d bytes", MAX_UNREAD);
    }
    wire->unread += bytes.len;
    return redisReaderFeed(wire->reader, bytes.at, bytes.len) == REDIS_OK ||
           err_set(err, "its answers cannot be read");
}

/* The leading word of capitals of an error: "WRONGTYPE Operation against …". */
static struct str code_of(struct str text)
{
    size_t len = 0;
    while (len < text.len && len < MAX_CODE && text.at[len] >= 'A' && text.at[len] <= 'Z') {
        len++;
    }
    return len > 0 ? str_part(text, 0, len) : STR("?");
}

enum verdict_redis_answer verdict_redis_wire_next(struct verdict_redis_wire *wire, struct str *text,
                                                  struct err *err)
{
    void *reply = NULL;
    forget_reply(wire);
    if (redisReaderGetReply(wire->reader, &reply) != REDIS_OK) {
        err_set(err, "an answer that is not of Redis' protocol, or of a kind we never ask for");
        return VERDICT_REDIS_BROKEN;
    }
    if (reply == NULL) {
        return VERDICT_REDIS_MORE;
    }
    wire->reply = reply;
    wire->unread = wire->reader->len - wire->reader->pos;
    *text = (struct str){.at = wire->reply->str, .len = (size_t)wire->reply->len};
    switch (wire->reply->type) {
    case REDIS_REPLY_STATUS:
        return VERDICT_REDIS_STATUS;
    case REDIS_REPLY_STRING:
        return VERDICT_REDIS_VALUE;
    case REDIS_REPLY_NIL:
        return VERDICT_REDIS_NIL;
    case REDIS_REPLY_ERROR:
        *text = code_of(*text);
        return VERDICT_REDIS_ERROR;
    default:
        err_set(err, "an answer of a kind we never ask for");
        return VERDICT_REDIS_BROKEN;
    }
}

void verdict_redis_wire_command(struct buf *out, const struct str *words, size_t count)
{
    buf_printf(out, "*%zu\r\n", count);
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "$%zu\r\n", words[i].len);
        buf_put_str(out, words[i]);
        buf_put_string(out, "\r\n");
    }
}
