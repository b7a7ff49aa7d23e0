#include "tests/filter/verdict/fake_redis.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/mem.h"

enum { MAX_ENTRIES = 64, MAX_WORDS = 8 };

struct entry {
    struct buf key, value;
};

struct fake_redis {
    pthread_t thread;
    pthread_mutex_t lock;
    int listener, client, event;
    bool stops, hangs_up;
    enum fake_manner manner;
    struct entry entries[MAX_ENTRIES];
    size_t count, sets;
    struct buf in;
};

/* One whole command off the front of what came; 0 if there is none yet. */
static size_t take_command(struct buf *in, struct str words[MAX_WORDS], size_t *used)
{
    if (in->len == 0) {
        return 0;
    }
    char *at = in->bytes, *end = in->bytes + in->len;
    assert(*at == '*');
    size_t count = strtoul(at + 1, &at, 10);
    assert(count <= MAX_WORDS);
    for (size_t i = 0; i < count; i++) {
        if (end - at < 4 || memchr(at + 2, '\n', (size_t)(end - at) - 2) == NULL) {
            return 0;
        }
        assert(at[0] == '\r' && at[2] == '$');
        size_t len = strtoul(at + 3, &at, 10);
        if ((size_t)(end - at) < len + 4) {
            return 0;
        }
        words[i] = (struct str){.at = at + 2, .len = len};
        at += 2 + len;
    }
    if (end - at < 2) {
        return 0;
    }
    *used = (size_t)(at + 2 - in->bytes);
    return count;
}

static struct entry *find(struct fake_redis *fake, struct str key)
{
    for (size_t i = 0; i < fake->count; i++) {
        if (str_equal(buf_str(&fake->entries[i].key), key)) {
            return &fake->entries[i];
        }
    }
    return NULL;
}

static void set(struct fake_redis *fake, struct str key, struct str value)
{
    struct entry *entry = find(fake, key);
    if (entry == NULL) {
        assert(fake->count < MAX_ENTRIES);
        entry = &fake->entries[fake->count++];
        buf_put_str(&entry->key, key);
    }
    buf_clear(&entry->value);
    buf_put_str(&entry->value, value);
    fake->sets++;
}

static void put_value(struct buf *out, const struct entry *entry, bool is_spoiled)
{
    if (entry == NULL) {
        buf_put_string(out, "$-1\r\n");
        return;
    }
    buf_printf(out, "$%zu\r\n", entry->value.len);
    buf_put_str(out, buf_str(&entry->value));
    if (is_spoiled) {
        out->bytes[out->len - 1] ^= 1;
    }
    buf_put_string(out, "\r\n");
}

/* False: hang up. */
static bool get(struct fake_redis *fake, struct str key, struct buf *out)
{
    switch (fake->manner) {
    case FAKE_GOOD:
    case FAKE_FULL:
        put_value(out, find(fake, key), false);
        break;
    case FAKE_FORGED:
        put_value(out, fake->count > 0 ? &fake->entries[fake->count - 1] : NULL, false);
        break;
    case FAKE_SPOILED:
        put_value(out, find(fake, key), true);
        break;
    case FAKE_GARBAGE:
        buf_put_str(out, STR("\0\xff<html>\r\n\r\n\x80\x81"));
        break;
    case FAKE_ARRAY:
        buf_put_string(out, "*1000000000\r\n");
        break;
    case FAKE_LONG:
        buf_put_string(out, "$500000000\r\n");
        for (int i = 0; i < 100000; i++) {
            buf_put_string(out, "panjang");
        }
        break;
    case FAKE_NESTED:
        for (int i = 0; i < 1000; i++) {
            buf_put_string(out, "*1\r\n");
        }
        break;
    case FAKE_TWICE:
        buf_put_string(out, "$-1\r\n$-1\r\n");
        break;
    case FAKE_NUMBER:
        buf_put_string(out, ":7\r\n");
        break;
    case FAKE_CLOSES:
        return false;
    case FAKE_SILENT:
    case FAKE_DEAF:
        break;
    case FAKE_DENIES:
        buf_put_string(out, "-NOAUTH Authentication required: isi rahasia\r\n");
        break;
    }
    return true;
}

static bool obey(struct fake_redis *fake, const struct str *words, size_t count, struct buf *out)
{
    if (fake->manner == FAKE_DENIES) {
        buf_put_string(out, "-NOAUTH Authentication required: isi rahasia\r\n");
    } else if (fake->manner == FAKE_DEAF) {
        return true;
    } else if (str_is(words[0], "PING")) {
        buf_put_string(out, "+PONG\r\n");
    } else if (str_is(words[0], "GET") && count == 2) {
        return get(fake, words[1], out);
    } else if (fake->manner == FAKE_FULL) {
        buf_put_string(out, "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
    } else if (str_is(words[0], "SET") && count == 5 && str_is(words[3], "EX")) {
        set(fake, words[1], words[2]);
        if (fake->manner != FAKE_SILENT) {
            buf_put_string(out, "+OK\r\n");
        }
    } else {
        buf_put_string(out, "-ERR unknown command\r\n");
    }
    return true;
}

static void drop_client(struct fake_redis *fake)
{
    close(fake->client);
    fake->client = -1;
    buf_clear(&fake->in);
}

static void hear(struct fake_redis *fake)
{
    char chunk[65536];
    ssize_t got = recv(fake->client, chunk, sizeof chunk, 0);
    if (got <= 0) {
        drop_client(fake);
        return;
    }
    buf_put(&fake->in, chunk, (size_t)got);
    struct str words[MAX_WORDS];
    struct buf out = BUF_EMPTY;
    size_t used, count;
    bool stays = true;
    while (stays && (count = take_command(&fake->in, words, &used)) > 0) {
        stays = obey(fake, words, count, &out);
        memmove(fake->in.bytes, fake->in.bytes + used, fake->in.len - used);
        fake->in.len -= used;
    }
    for (size_t at = 0; at < out.len;) {
        ssize_t sent = send(fake->client, out.bytes + at, out.len - at, MSG_NOSIGNAL);
        if (sent <= 0) {
            stays = false;
            break;
        }
        at += (size_t)sent;
    }
    buf_fini(&out);
    if (!stays) {
        drop_client(fake);
    }
}

static void *run(void *context)
{
    struct fake_redis *fake = context;
    for (;;) {
        struct pollfd fds[3] = {{.fd = fake->event, .events = POLLIN},
                                {.fd = fake->client < 0 ? fake->listener : -1, .events = POLLIN},
                                {.fd = fake->client, .events = POLLIN}};
        poll(fds, 3, -1);
        pthread_mutex_lock(&fake->lock);
        eventfd_t events;
        if (fds[0].revents != 0) {
            eventfd_read(fake->event, &events);
        }
        bool stops = fake->stops;
        if (fake->hangs_up && fake->client >= 0) {
            drop_client(fake);
            fake->hangs_up = false;
        } else if (fds[1].revents != 0) {
            fake->client = accept(fake->listener, NULL, NULL);
        } else if (fds[2].revents != 0) {
            hear(fake);
        }
        pthread_mutex_unlock(&fake->lock);
        if (stops) {
            return NULL;
        }
    }
}

struct fake_redis *fake_redis_start(const char *path)
{
    struct fake_redis *fake = mem_zero(1, sizeof *fake);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    pthread_mutex_init(&fake->lock, NULL);
    fake->client = -1;
    fake->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    int failed = bind(fake->listener, (struct sockaddr *)&address, sizeof address);
    failed |= listen(fake->listener, 4);
    assert(failed == 0);
    pthread_create(&fake->thread, NULL, run, fake);
    return fake;
}

void fake_redis_stop(struct fake_redis *fake)
{
    pthread_mutex_lock(&fake->lock);
    fake->stops = true;
    pthread_mutex_unlock(&fake->lock);
    eventfd_write(fake->event, 1);
    pthread_join(fake->thread, NULL);
    for (size_t i = 0; i < fake->count; i++) {
        buf_fini(&fake->entries[i].key);
        buf_fini(&fake->entries[i].value);
    }
    if (fake->client >= 0) {
        close(fake->client);
    }
    close(fake->listener);
    close(fake->event);
    buf_fini(&fake->in);
    free(fake);
}

void fake_redis_behave(struct fake_redis *fake, enum fake_manner manner)
{
    pthread_mutex_lock(&fake->lock);
    fake->manner = manner;
    pthread_mutex_unlock(&fake->lock);
}

void fake_redis_hang_up(struct fake_redis *fake)
{
    pthread_mutex_lock(&fake->lock);
    fake->hangs_up = true;
    pthread_mutex_unlock(&fake->lock);
    eventfd_write(fake->event, 1);
}

int fake_redis_holds(struct fake_redis *fake, const char *bytes)
{
    int holds = 0;
    pthread_mutex_lock(&fake->lock);
    for (size_t i = 0; i < fake->count; i++) {
        const struct entry *entry = &fake->entries[i];
        holds |= memmem(entry->key.bytes, entry->key.len, bytes, strlen(bytes)) != NULL;
        holds |= memmem(entry->value.bytes, entry->value.len, bytes, strlen(bytes)) != NULL;
    }
    pthread_mutex_unlock(&fake->lock);
    return holds;
}

size_t fake_redis_sets(struct fake_redis *fake)
{
    pthread_mutex_lock(&fake->lock);
    size_t sets = fake->sets;
    pthread_mutex_unlock(&fake->lock);
    return sets;
}
