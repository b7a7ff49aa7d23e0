/* What the ingest process may reach: what it reads posts and rules from, and its own folder. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "feeds/source.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/pipeline/internal.h"
#include "filter/pipeline/sandbox.h"

enum { MAX_PATHS = 512 };

/* Of the system: names and certificates for fetching, libraries, the public suffix list. */
static const char *const of_system[] = {
    "/etc",
    "/usr",
    "/lib",
    "/lib64",
    "/run/resolvconf",
    "/run/systemd/resolve",
    "/dev/null",
    "/dev/urandom",
    "/sys/devices/system/cpu",
    "/proc/self",
};

struct paths {
    char *at[MAX_PATHS + 1]; /* owned */
    size_t count;
};

static void add(struct paths *paths, const char *path)
{
    if (paths->count < MAX_PATHS) {
        paths->at[paths->count++] = mem_copy_string(path);
    }
}

static bool holds(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    return strncmp(folder, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/*
 * The folder round `path`, so that a file or folder that is put in its place can be read too; but
 * not if the state folder lies in it as well.
 */
static void add_around(struct paths *paths, const char *path, const char *state)
{
    char real[PATH_MAX], real_state[PATH_MAX];
    add(paths, path);
    if (realpath(path, real) == NULL || realpath(state, real_state) == NULL) {
        return;
    }
    char *slash = strrchr(real, '/');
    if (slash == real || slash == NULL) {
        return;
    }
    *slash = '\0';
    if (!holds(real, real_state)) {
        add(paths, real);
    }
}

static void add_sources(struct paths *paths, const struct feeds_sources *sources, const char *state)
{
    size_t count = 0;
    const struct feeds_source *all = sources != NULL ? feeds_sources_all(sources, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (all[i].path.len > 0) {
            add_around(paths, all[i].path.at, state);
        }
        if (all[i].token_file.len > 0) {
            add(paths, all[i].token_file.at);
        }
    }
}

void ingest_shut_in(const struct ingest *ingest)
{
    const struct config *config = ingest->task->config;
    const char *state = ingest->task->state;
    const char *const writable[] = {ingest->state.bytes, NULL};
    struct paths paths = {.count = 0};
    struct err err = ERR_NONE; /* a file that can't be read is reported when it is to be used */
    for (size_t i = 0; i < sizeof of_system / sizeof *of_system; i++) {
        add(&paths, of_system[i]);
    }
    for (size_t i = 0; config->rules[i] != NULL; i++) {
        add_around(&paths, config->rules[i], state);
    }
    add_around(&paths, config->example, state);
    add_around(&paths, config->sources, state);
    add_around(&paths, config->shorteners, state);
    struct feeds_sources *sources = feeds_sources_load(config->sources, &err);
    add_sources(&paths, sources, state);
    feeds_sources_free(sources);
    sandbox_enter((const char *const *)paths.at, writable);
    for (size_t i = 0; i < paths.count; i++) {
        free(paths.at[i]);
    }
}
