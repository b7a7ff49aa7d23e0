#include "filter/pipeline/loader.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/pipeline/config.h"

enum { MAX_TOLD = 50 }; /* errors of one load that the log names */

struct loader {
    const char *const *folders;
    struct clock clock;
    int event;
    pthread_t thread;
    bool is_running, is_asked_again;
    /* Of the load that ended; written by the thread, read after joining it. */
    struct rule_set *set;
    struct err err;
    size_t errors;
};

void loader_folders(const struct config *config, bool with_example,
                    const char *folders[LOADER_FOLDERS])
{
    size_t count = 0;
    while (config->rules[count] != NULL && count < LOADER_FOLDERS - 2) {
        folders[count] = config->rules[count];
        count++;
    }
    if (with_example) {
        folders[count++] = config->example;
    }
    folders[count] = NULL;
}

struct loader *loader_new(const char *const *folders, struct clock clock)
{
    struct loader *loader = mem_zero(1, sizeof *loader);
    loader->folders = folders;
    loader->clock = clock;
    loader->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(loader->event >= 0);
    return loader;
}

void loader_free(struct loader *loader)
{
    if (loader == NULL) {
        return;
    }
    if (loader->is_running) {
        pthread_join(loader->thread, NULL);
        rule_set_unref(loader->set);
    }
    close(loader->event);
    free(loader);
}

int loader_fd(const struct loader *loader)
{
    return loader->event;
}

static void report(void *context, bool is_error, const struct err *err)
{
    struct loader *loader = context;
    if (is_error && ++loader->errors <= MAX_TOLD) {
        log_line(LOG_ERROR, "rule_error", LOG_TEXT("file", err->file),
                 LOG_NUMBER("line", err->line), LOG_NUMBER("column", err->column),
                 LOG_TEXT("what", err->message));
    }
}

static void *load(void *context)
{
    struct loader *loader = context;
    const struct rule_set_options options = {
        .folders = loader->folders, .clock = loader->clock, .report = report, .context = loader};
    loader->err = ERR_NONE;
    loader->errors = 0;
    loader->set = rule_set_load(&options, &loader->err);
    eventfd_write(loader->event, 1);
    return NULL;
}

bool loader_is_busy(const struct loader *loader)
{
    return loader->is_running;
}

void loader_start(struct loader *loader)
{
    loader->is_asked_again = loader->is_running;
    if (loader->is_running) {
        return;
    }
    int failed = pthread_create(&loader->thread, NULL, load, loader);
    assert(!failed);
    loader->is_running = true;
}

enum loader_answer loader_take(struct loader *loader, struct ruleset **rules, struct err *err)
{
    eventfd_t events;
    if (!loader->is_running || eventfd_read(loader->event, &events) != 0) {
        return LOADER_BUSY;
    }
    pthread_join(loader->thread, NULL);
    loader->is_running = false;
    struct rule_set *set = loader->set;
    loader->set = NULL;
    if (loader->is_asked_again) {
        rule_set_unref(set);
        loader_start(loader);
        return LOADER_BUSY;
    }
    if (set == NULL) {
        *err = loader->err;
        return LOADER_FAILED;
    }
    *rules = ruleset_new(set, clock_now_ms(&loader->clock), STR(""));
    return LOADER_DONE;
}
