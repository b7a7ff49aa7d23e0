#include "filter/pipeline/admin.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

struct question {
    const char *state;
    bool is_answered, is_fine;
    struct buf text;
};

static void *ask(void *context)
{
    struct question *question = context;
    struct err err = ERR_NONE;
    question->is_answered =
        admin_ask_reload(question->state, 5000, &question->is_fine, &question->text, &err);
    return NULL;
}

/* Serves until somebody asks; what nobody may ask is dropped meanwhile. */
static void serve_until_asked(struct admin *admin)
{
    int64_t end_ms = clock_monotonic_ms() + 5000;
    for (;;) {
        struct pollfd fds[ADMIN_POLL];
        admin_poll(admin, fds);
        poll(fds, ADMIN_POLL, 1000);
        assert_true(clock_monotonic_ms() < end_ms);
        if (admin_act(admin, fds)) {
            return;
        }
    }
}

static int connect_raw(const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control.sock", state);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void answers_who_asked(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring.XXXXXX", path[64];
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/control.sock", folder);
    struct admin *admin = admin_open(folder, &err);
    assert_non_null(admin);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600); /* nobody else's */
    assert_null(admin_open(folder, &err));
    assert_non_null(strstr(err.message, "another saring is running"));

    int stranger = connect_raw(folder);
    assert_int_equal(send(stranger, "shutdown -h now\n", 16, 0), 16);
    const bool answers[] = {true, false};
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct question question = {.state = folder};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, ask, &question), 0);
        serve_until_asked(admin);
        admin_answer(admin, answers[i], "rusak.yml:3:1: ini\nsalah");
        pthread_join(thread, NULL);
        assert_true(question.is_answered);
        assert_int_equal(question.is_fine, answers[i]);
        assert_non_null(strstr(question.text.bytes, "rusak.yml:3:1"));
        buf_fini(&question.text);
    }
    char byte;
    assert_int_equal(recv(stranger, &byte, 1, 0), 0); /* hung up on */
    close(stranger);
    admin_close(admin);
    assert_int_not_equal(stat(path, &about), 0);
    rmdir(folder);
}

static void a_dead_ones_socket_is_taken_over(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring.XXXXXX", path[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct err err = ERR_NONE;
    struct buf text = BUF_EMPTY;
    bool is_fine;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/control.sock", folder);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd); /* killed: the name stays */
    assert_false(admin_ask_reload(folder, 1000, &is_fine, &text, &err));
    assert_non_null(strstr(err.message, "no saring is running"));
    err = ERR_NONE;
    struct admin *admin = admin_open(folder, &err);
    assert_non_null(admin);
    admin_close(admin);
    rmdir(folder);
}

struct starting {
    const char *state;
    pthread_barrier_t *line;
    struct admin *admin;
};

static void *start_at_once(void *context)
{
    struct starting *one = context;
    struct err err = ERR_NONE;
    pthread_barrier_wait(one->line);
    one->admin = admin_open(one->state, &err);
    return NULL;
}

/* Two that start at the same moment: neither may take the other's socket away and run beside it. */
static void of_two_that_start_one_runs(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring.XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (int round = 0; round < 200; round++) {
        pthread_barrier_t line;
        pthread_t threads[4];
        struct starting all[COUNT(threads)];
        size_t running = 0;
        assert_int_equal(pthread_barrier_init(&line, NULL, COUNT(threads)), 0);
        for (size_t i = 0; i < COUNT(threads); i++) {
            all[i] = (struct starting){.state = folder, .line = &line};
            assert_int_equal(pthread_create(&threads[i], NULL, start_at_once, &all[i]), 0);
        }
        for (size_t i = 0; i < COUNT(threads); i++) {
            pthread_join(threads[i], NULL);
            running += all[i].admin != NULL;
        }
        pthread_barrier_destroy(&line);
        assert_int_equal(running, 1);
        for (size_t i = 0; i < COUNT(threads); i++) {
            admin_close(all[i].admin);
        }
    }
    rmdir(folder);
}

static void a_long_path_is_an_error(void **state)
{
    (void)state;
    char folder[200];
    struct err err = ERR_NONE;
    memset(folder, 'a', sizeof folder - 1);
    folder[sizeof folder - 1] = '\0';
    assert_null(admin_open(folder, &err));
    assert_non_null(strstr(err.message, "too long for a socket"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_who_asked),
        cmocka_unit_test(a_dead_ones_socket_is_taken_over),
        cmocka_unit_test(of_two_that_start_one_runs),
        cmocka_unit_test(a_long_path_is_an_error),
    };
    return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
