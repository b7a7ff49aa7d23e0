/*
 * Loads rule sets in a thread of its own, so that acknowledgements and signals are not kept
 * waiting; tells by a descriptor when one is there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/err.h"
#include "filter/pipeline/ruleset.h"

struct config;
struct loader;

enum { LOADER_FOLDERS = 64 };

/* The folders that rules come from, a NULL at the end; borrowed from the configuration. */
void loader_folders(const struct config *config, bool with_example,
                    const char *folders[LOADER_FOLDERS]);

/* `folders` (a NULL at the end) is borrowed. Never NULL. */
MUST_CHECK struct loader *loader_new(const char *const *folders, struct clock clock);

/* Waits for a load under way. NULL is fine. */
void loader_free(struct loader *loader);

/* Readable when a load has ended. */
int loader_fd(const struct loader *loader);

/* Starts loading; if that is under way, again when it ends, since files may have changed. */
void loader_start(struct loader *loader);

/* Whether a load is under way, or has ended and was not taken. */
bool loader_is_busy(const struct loader *loader);

enum loader_answer { LOADER_BUSY, LOADER_DONE, LOADER_FAILED };

/*
 * What came of it: the rules, which are the caller's, all of them shadows as yet, or the first
 * error; each is told once.
 */
enum loader_answer loader_take(struct loader *loader, struct ruleset **rules, struct err *err);
