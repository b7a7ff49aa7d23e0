#include "filter/pull/probe.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "tests/filter/test.h"

/* Of an answer: what stands behind the question, and the two flag bytes. */
static const struct probe_case {
    const char *name;
    unsigned char flags[2];
    unsigned char answers; /* number of them in the header */
    const char *behind;
    size_t behind_len;
    bool is_blocked, is_free;
} cases[] = {
    {"no such name", {0x81, 0x83}, 0, "", 0, true, false},
    {"no data", {0x81, 0x80}, 0, "", 0, true, false},
    {"an address that leads nowhere",
     {0x81, 0x80},
     1,
     "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\0\0\0\0",
     16,
     true,
     false},
    {"an address", {0x81, 0x80}, 1, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1", 16, false, true},
    {"an alias and its address",
     {0x81, 0x80},
     2,
     "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x0c\1a\0\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1",
     31,
     false,
     true},
};

struct server {
    int fd;
    char address[32];
    const struct probe_case *one;
    pthread_t thread;
};

/* Answers until it is asked for nothing. */
static void *serve(void *context)
{
    const struct server *server = context;
    for (;;) {
        unsigned char message[1500];
        struct sockaddr_in peer;
        socklen_t len = sizeof peer;
        ssize_t got = recvfrom(server->fd, message, 512, 0, (struct sockaddr *)&peer, &len);
        if (got < 12) {
            return NULL;
        }
        memcpy(message + 2, server->one->flags, 2);
        message[7] = server->one->answers;
        memcpy(message + got, server->one->behind, server->one->behind_len);
        size_t size = (size_t)got + server->one->behind_len;
        sendto(server->fd, message, size, 0, (struct sockaddr *)&peer, len);
    }
}

static void start(struct server *server, const struct probe_case *one)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    server->one = one;
    server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
    snprintf(server->address, sizeof server->address, "127.0.0.1:%u", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sendto(fd, "", 0, 0, (struct sockaddr *)&address, len);
    pthread_join(server->thread, NULL);
    close(fd);
    close(server->fd);
}

static const struct blocklist_item item = {
    .scope = BLOCKLIST_DOMAIN, .target = {"satu.example", 12}, .host = {"satu.example", 12}};

/* Only what the answer says at once is asked here: waiting for another one takes ten seconds. */
static void asks(void **state)
{
    const struct probe_case *one = *state;
    struct server server;
    struct err err = ERR_NONE;
    start(&server, one);
    if (one->is_blocked) {
        assert_true(pull_probe(server.address, &item, 1, &err));
    } else {
        assert_true(pull_probe_free(server.address, item.host, &err));
    }
    stop(&server);
}

static void needs_an_address(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    "127.0.0.1", "localhost:53", "127.0.0.1:dns",
                                        ":53", "[::1",      "[]:53"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct err err = ERR_NONE;
        assert_false(pull_probe(wrong[i], &item, 1, &err));
        assert_non_null(strstr(err.message, "is no ADDRESS:PORT"));
    }
}

/* A list of URLs alone says nothing that a resolver could be asked. */
static void asks_nothing_of_urls(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    const struct blocklist_item url = {
        .scope = BLOCKLIST_URL, .target = {"https://t.me/x", 14}, .host = {"t.me", 4}};
    assert_true(pull_probe("127.0.0.1:9", &url, 1, &err));
    assert_true(pull_probe("127.0.0.1:9", NULL, 0, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_an_address),
        cmocka_unit_test(asks_nothing_of_urls),
    };
    return RUN_CASES("probe", cases, asks) +
           cmocka_run_group_tests_name("probing", tests, NULL, NULL);
}
