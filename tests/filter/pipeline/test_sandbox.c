#include "filter/pipeline/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/filter/test.h"

static long landlock_abi(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

struct place {
    char folder[64], open[96], closed[96], inside[128], outside[128];
};

static void write_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static void set_up(struct place *place)
{
    strcpy(place->folder, "/tmp/saring.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->open, sizeof place->open, "%s/open", place->folder);
    snprintf(place->closed, sizeof place->closed, "%s/closed", place->folder);
    snprintf(place->inside, sizeof place->inside, "%s/file", place->open);
    snprintf(place->outside, sizeof place->outside, "%s/file", place->closed);
    assert_int_equal(mkdir(place->open, 0700) + mkdir(place->closed, 0700), 0);
    write_file(place->inside);
    write_file(place->outside);
}

static void tear_down(const struct place *place)
{
    unlink(place->inside);
    unlink(place->outside);
    rmdir(place->open);
    rmdir(place->closed);
    rmdir(place->folder);
}

static bool can_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static bool can_listen(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool can = bind(fd, (struct sockaddr *)&any, sizeof any) == 0;
    close(fd);
    return can;
}

/* In a child: a bit for each thing that is not as it should be. */
static int look(const struct place *place, bool may_write)
{
    const char *given[] = {place->open, "/nonexistent", NULL}, *none[] = {NULL};
    char fresh[160];
    snprintf(fresh, sizeof fresh, "%s/fresh", place->open);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    sandbox_enter(may_write ? none : given, may_write ? given : none);
    int wrong = 0;
    wrong |= !can_open(place->inside, O_RDONLY) ? 1 : 0;
    wrong |= can_open(place->inside, O_WRONLY) != may_write ? 2 : 0;
    wrong |= can_open(fresh, O_WRONLY | O_CREAT) != may_write ? 4 : 0;
    wrong |= may_write && unlink(fresh) != 0 ? 8 : 0;
    wrong |= can_open(place->outside, O_RDONLY) || can_open("/etc/passwd", O_RDONLY) ? 16 : 0;
    execl("/bin/true", "true", (char *)NULL);
    wrong |= errno != EACCES ? 32 : 0;
    wrong |= landlock_abi() >= 4 && can_listen() ? 64 : 0;
    wrong |= landlock_abi() >= 6 && kill(getppid(), 0) == 0 ? 128 : 0;
    return wrong;
}

static void keeps_to_what_it_was_given(void **state)
{
    bool may_write = *state != NULL;
    struct place place;
    if (landlock_abi() < 3) {
        skip();
    }
    set_up(&place);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(look(&place, may_write));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    tear_down(&place);
}

int main(void)
{
    static int writable;
    const struct CMUnitTest tests[] = {
        {"read only", keeps_to_what_it_was_given, NULL, NULL, NULL},
        {"read and write", keeps_to_what_it_was_given, NULL, NULL, &writable},
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
