#include "filter/pipeline/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter/base/log.h"

/* Of later kernels than the headers may be from. */
#define ACCESS_REFER (UINT64_C(1) << 13)     /* ABI 2 */
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)  /* ABI 3 */
#define ACCESS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */
#define NET_BIND_TCP (UINT64_C(1) << 0)      /* ABI 4 */
#define SCOPE_SIGNAL (UINT64_C(1) << 1)      /* ABI 6 */

#define ALL_OF_ABI_1 ((UINT64_C(1) << 13) - 1)

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                LANDLOCK_ACCESS_FS_MAKE_REG | ACCESS_TRUNCATE;
/* What makes sense for something that is no folder. */
static const uint64_t of_files =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE;

/* As the newest kernels have it; older ones are told of its first part alone. */
struct attributes {
    uint64_t fs, net, scoped;
};

static struct attributes wanted(long abi, size_t *size)
{
    struct attributes all = {.fs = ALL_OF_ABI_1};
    *size = sizeof all.fs;
    if (abi >= 2) {
        all.fs |= ACCESS_REFER;
    }
    if (abi >= 3) {
        all.fs |= ACCESS_TRUNCATE;
    }
    if (abi >= 4) {
        all.net = NET_BIND_TCP;
        *size += sizeof all.net;
    }
    if (abi >= 5) {
        all.fs |= ACCESS_IOCTL_DEV;
    }
    if (abi >= 6) {
        all.scoped = SCOPE_SIGNAL;
        *size += sizeof all.scoped;
    }
    return all;
}

static void allow(int ruleset, const char *path, uint64_t access)
{
    struct stat about;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode)) {
        access &= of_files;
    }
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        log_line(LOG_WARN, "sandbox_path", LOG_TEXT("path", path),
                 LOG_TEXT("why", strerror(errno)));
    }
    close(fd);
}

void sandbox_enter(const char *const *readable, const char *const *writable)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) {
        log_line(LOG_INFO, "sandbox_absent", LOG_TEXT("why", "this kernel has no Landlock"));
        return;
    }
    size_t size;
    struct attributes all = wanted(abi, &size);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0) {
        log_line(LOG_WARN, "sandbox_failed", LOG_TEXT("why", strerror(errno)));
        return;
    }
    for (; *readable != NULL; readable++) {
        allow(ruleset, *readable, reading & all.fs);
    }
    for (; *writable != NULL; writable++) {
        allow(ruleset, *writable, (reading | writing) & all.fs);
    }
    /* privileges_drop has set PR_SET_NO_NEW_PRIVS, without which this is refused. */
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        log_line(LOG_WARN, "sandbox_failed", LOG_TEXT("why", strerror(errno)));
    } else {
        log_line(LOG_DEBUG, "sandbox", LOG_NUMBER("abi", abi));
    }
    close(ruleset);
}

bool sandbox_shut_in(const char *const *readable, size_t memory_bytes, unsigned cpu_s)
{
    enum { NOBODY = 65534 };
    static const char *const nothing[] = {NULL};
    const struct rlimit memory = {memory_bytes, memory_bytes}, time = {cpu_s, cpu_s};
    const struct rlimit none = {0, 0};
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
        return false;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        setrlimit(RLIMIT_AS, &memory) != 0 || setrlimit(RLIMIT_CPU, &time) != 0 ||
        setrlimit(RLIMIT_FSIZE, &none) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
        return false;
    }
    sandbox_enter(readable, nothing);
    /* It ends with who asked for it; changing the user forgets that, so it comes last. */
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}
