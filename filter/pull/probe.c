#include "filter/pull/probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"

enum { MESSAGE = 1232, HEADER = 12, WAIT_MS = 10000, ANSWER_MS = 1000, PAUSE_MS = 100 };

enum answer { ANSWER_NONE, ANSWER_REFUSED_ADDRESS, ANSWER_OTHER };

/* Splits "ADDRESS:PORT"; false if it is none. Connects, so that no other address can answer. */
static int open_socket(const char *resolver, struct err *err)
{
    char host[128];
    const char *colon = strrchr(resolver, ':');
    size_t len = colon != NULL ? (size_t)(colon - resolver) : 0;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_DGRAM},
                    *found = NULL;
    const char *start = resolver;
    if (len >= 2 && start[0] == '[' && start[len - 1] == ']') {
        start++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof host) {
        err_set(err, "'%.100s' is no ADDRESS:PORT of a resolver", resolver);
        return -1;
    }
    memcpy(host, start, len);
    host[len] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0) {
        err_set(err, "'%.100s' is no ADDRESS:PORT of a resolver", resolver);
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    if (fd < 0) {
        err_set(err, "the resolver at %.100s can't be asked", resolver);
    }
    return fd;
}

/* A question for the A record of a canonical name (RFC 1035). Returns its length. */
static size_t put_question(unsigned char out[MESSAGE], struct str name)
{
    size_t at = HEADER;
    static const unsigned char flags[10] = {0x01, 0x00, 0x00, 0x01}; /* recursion, one question */
    static const unsigned char end[5] = {0, 0, 1, 0, 1};             /* root, A, IN */
    randombytes_buf(out, 2);
    memcpy(out + 2, flags, sizeof flags);
    while (name.len > 0) {
        const char *dot = memchr(name.at, '.', name.len);
        size_t len = dot != NULL ? (size_t)(dot - name.at) : name.len;
        out[at++] = (unsigned char)len;
        for (size_t i = 0; i < len; i++) {
            out[at++] = (unsigned char)name.at[i];
        }
        name = str_part(name, dot != NULL ? len + 1 : len, name.len);
    }
    memcpy(out + at, end, sizeof end);
    return at + sizeof end;
}

/* Behind a name, which ends with a root label or a pointer; 0 if it runs out of the message. */
static size_t skip_name(const unsigned char *message, size_t len, size_t at)
{
    while (at < len) {
        unsigned char first = message[at];
        if (first == 0) {
            return at + 1;
        }
        if (first >= 0xc0) {
            return at + 2;
        }
        at += 1U + first;
    }
    return 0;
}

/* NXDOMAIN, no data, or an address that leads nowhere is what a list brings. */
static enum answer read_answer(const unsigned char *message, size_t len, size_t question_len)
{
    static const unsigned char nowhere[4] = {0};
    unsigned rcode = message[3] & 0x0f;
    unsigned answers = (unsigned)message[6] << 8 | message[7];
    if (rcode == 3) {
        return ANSWER_REFUSED_ADDRESS;
    }
    if (rcode != 0) {
        return ANSWER_NONE;
    }
    size_t at = question_len;
    for (unsigned i = 0; i < answers; i++) {
        at = skip_name(message, len, at);
        if (at == 0 || at + 10 > len) {
            return ANSWER_NONE;
        }
        unsigned type = (unsigned)message[at] << 8 | message[at + 1];
        size_t size = (size_t)message[at + 8] << 8 | message[at + 9];
        at += 10;
        if (at + size > len) {
            return ANSWER_NONE;
        }
        if (type == 1 && size == 4 && memcmp(message + at, nowhere, 4) != 0) {
            return ANSWER_OTHER;
        }
        at += size;
    }
    return ANSWER_REFUSED_ADDRESS;
}

static enum answer ask(int fd, struct str name)
{
    unsigned char question[MESSAGE], message[MESSAGE];
    size_t len = put_question(question, name);
    if (send(fd, question, len, 0) != (ssize_t)len) {
        return ANSWER_NONE;
    }
    int64_t end_ms = clock_monotonic_ms() + ANSWER_MS;
    for (int64_t left; (left = end_ms - clock_monotonic_ms()) > 0;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, (int)left) <= 0) {
            return ANSWER_NONE;
        }
        ssize_t got = recv(fd, message, sizeof message, 0);
        if (got < 0) {
            return ANSWER_NONE;
        }
        if ((size_t)got >= len && memcmp(message, question, 2) == 0 && (message[2] & 0x80) != 0) {
            return read_answer(message, (size_t)got, len);
        }
    }
    return ANSWER_NONE;
}

static bool wait_for(const char *resolver, struct str name, enum answer wanted, struct err *err)
{
    int fd = open_socket(resolver, err);
    if (fd < 0) {
        return false;
    }
    enum answer answer = ANSWER_NONE;
    int64_t end_ms = clock_monotonic_ms() + WAIT_MS;
    while ((answer = ask(fd, name)) != wanted && clock_monotonic_ms() < end_ms) {
        poll(NULL, 0, PAUSE_MS); /* between two questions; the condition is the answer */
    }
    close(fd);
    if (answer == wanted) {
        return true;
    }
    return err_set(err, "the resolver at %.60s %s %.*s", resolver,
                   answer == ANSWER_NONE              ? "does not answer for"
                   : wanted == ANSWER_REFUSED_ADDRESS ? "still gives an address for"
                                                      : "still blocks",
                   STR_FORMAT(name));
}

bool pull_probe(const char *resolver, const struct blocklist_item *items, size_t count,
                struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].scope == BLOCKLIST_DOMAIN || items[i].scope == BLOCKLIST_HOST) {
            return wait_for(resolver, items[i].host, ANSWER_REFUSED_ADDRESS, err);
        }
    }
    return true;
}

bool pull_probe_free(const char *resolver, struct str name, struct err *err)
{
    return wait_for(resolver, name, ANSWER_OTHER, err);
}
