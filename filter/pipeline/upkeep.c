#include "filter/pipeline/upkeep.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/released.h"
#include "filter/casebook/versions.h"
#include "filter/pipeline/config.h"
#include "filter/pipeline/loader.h"
#include "filter/pipeline/shadow.h"
#include "filter/rule/set.h"

/* What is protected later must be off the lists within five minutes (REVIEW: abuse check 19). */
enum { PROTECT_MS = 120000 };

struct upkeep {
    struct casebook *casebook;
    const struct config *config;
    struct clock clock;
    const char *folders[LOADER_FOLDERS];
    struct loader *loader; /* NULL: not asked for yet */
    bool with_example;
    struct blocklist_guard *guard; /* in use by the casebook */
    int64_t next_protect_ms;       /* monotonic */
    int64_t next_end_ms;           /* when a rule ends; INT64_MAX: none does */
    struct rule_set *set;          /* the rules of now; NULL: not loaded yet */
    struct shadow *shadow;         /* counts that are not written down yet */
    bool is_shadow_failing;
    bool is_guard_failing;
};

struct upkeep *upkeep_new(struct casebook *casebook, const struct config *config,
                          struct clock clock)
{
    struct upkeep *upkeep = mem_zero(1, sizeof *upkeep);
    upkeep->casebook = casebook;
    upkeep->config = config;
    upkeep->clock = clock;
    upkeep->next_end_ms = INT64_MAX;
    upkeep->shadow = shadow_new();
    return upkeep;
}

void upkeep_free(struct upkeep *upkeep)
{
    if (upkeep == NULL) {
        return;
    }
    loader_free(upkeep->loader);
    rule_set_unref(upkeep->set);
    shadow_free(upkeep->shadow);
    blocklist_guard_free(upkeep->guard);
    free(upkeep);
}

static void say_voided(const char *why, size_t voided)
{
    if (voided > 0) {
        log_line(LOG_INFO, "voided", LOG_TEXT("why", why), LOG_NUMBER("count", voided));
    }
}

/* A list that can't be read leaves the one before in use: too much protected rather than less. */
static void protect(struct upkeep *upkeep)
{
    struct err err = ERR_NONE;
    size_t voided = 0;
    struct blocklist_guard *guard = blocklist_guard_load(upkeep->config->rules, &err);
    bool done = guard != NULL && casebook_protect(upkeep->casebook, guard, &voided, &err);
    if (guard != NULL) {
        blocklist_guard_free(upkeep->guard);
        upkeep->guard = guard; /* the casebook has borrowed it, even if removing failed */
    }
    if (!done && !upkeep->is_guard_failing) {
        log_line(LOG_ERROR, "protected_list_failed", LOG_TEXT("file", err.file),
                 LOG_NUMBER("line", err.line), LOG_TEXT("why", err.message));
    }
    upkeep->is_guard_failing = !done;
    say_voided("protected", voided);
}

void upkeep_reload(struct upkeep *upkeep, bool with_example)
{
    protect(upkeep);
    upkeep->next_protect_ms = clock_monotonic_ms() + PROTECT_MS;
    if (upkeep->loader != NULL && upkeep->with_example != with_example) {
        loader_free(upkeep->loader);
        upkeep->loader = NULL;
    }
    if (upkeep->loader == NULL) {
        upkeep->with_example = with_example;
        loader_folders(upkeep->config, with_example, upkeep->folders);
        upkeep->loader = loader_new(upkeep->folders, upkeep->clock);
    }
    loader_start(upkeep->loader);
}

const struct rule_set *upkeep_rules(const struct upkeep *upkeep)
{
    return upkeep->set;
}

int upkeep_fd(const struct upkeep *upkeep)
{
    return upkeep->loader != NULL ? loader_fd(upkeep->loader) : -1;
}

/* What loaded is kept, so that there is a way back to it. */
static void keep_version(struct upkeep *upkeep)
{
    struct rule_snapshot snapshot = {.files = NULL};
    struct err err = ERR_NONE;
    int64_t id = 0;
    if (!rule_snapshot_read(upkeep->config->rules, &snapshot, &err) ||
        !casebook_version_put(upkeep->casebook, &snapshot, STR(""), STR("edit"), &id, &err)) {
        log_line(LOG_ERROR, "version_not_kept", LOG_TEXT("file", err.file),
                 LOG_TEXT("why", err.message));
    }
    rule_snapshot_fini(&snapshot);
}

static void check_rules(struct upkeep *upkeep)
{
    struct ruleset *rules = NULL;
    struct err err = ERR_NONE;
    size_t voided = 0;
    switch (loader_take(upkeep->loader, &rules, &err)) {
    case LOADER_BUSY:
        return;
    case LOADER_FAILED:
        log_line(LOG_WARN, "rules_not_checked", LOG_TEXT("why", err.message),
                 LOG_TEXT("now", "cases stand as they are until the rules load"));
        return;
    case LOADER_DONE:
        break;
    }
    upkeep->next_end_ms = rules->next_end_ms;
    if (!casebook_check_rules(upkeep->casebook, rules->set, &voided, &err)) {
        log_line(LOG_ERROR, "rules_not_checked", LOG_TEXT("why", err.message));
    }
    say_voided("a rule's basis changed or ended", voided);
    rule_set_unref(upkeep->set);
    upkeep->set = rule_set_ref(rules->set);
    keep_version(upkeep);
    ruleset_free(rules);
}

void upkeep_shadow(struct upkeep *upkeep, struct str taken)
{
    if (!shadow_put(upkeep->shadow, taken)) {
        log_line(LOG_WARN, "shadow_counts_broken", LOG_NUMBER("bytes", taken.len));
    }
}

static const struct rule *find_release(const struct rule_set *set, const struct hash *release)
{
    const struct rule_program *program = rule_set_program(set);
    for (size_t i = 0; i < rule_program_heads(program); i++) {
        const struct rule *rule = rule_program_head(program, i);
        if (memcmp(&rule->release, release, sizeof *release) == 0) {
            return rule;
        }
    }
    return NULL;
}

/*
 * Only rules that review knows itself are counted: whoever took ingest over could write what they
 * like into a hash. So the counts wait while rules load.
 */
static void write_shadows(struct upkeep *upkeep)
{
    struct hash release;
    uint64_t hits;
    while (upkeep->set != NULL && !loader_is_busy(upkeep->loader) &&
           shadow_pop(upkeep->shadow, &release, &hits)) {
        struct err err = ERR_NONE;
        const struct rule *rule = find_release(upkeep->set, &release);
        if (rule == NULL || casebook_shadow_add(upkeep->casebook, rule, hits, &err)) {
            upkeep->is_shadow_failing = false;
            continue;
        }
        if (!upkeep->is_shadow_failing) {
            log_line(LOG_ERROR, "shadow_counts_wait", LOG_TEXT("why", err.message));
        }
        upkeep->is_shadow_failing = true;
        shadow_count(upkeep->shadow, &release, hits);
        return;
    }
}

void upkeep_act(struct upkeep *upkeep)
{
    int64_t now_ms = clock_monotonic_ms();
    if (upkeep->loader == NULL) {
        return;
    }
    check_rules(upkeep);
    write_shadows(upkeep);
    if (now_ms >= upkeep->next_protect_ms) {
        upkeep->next_protect_ms = now_ms + PROTECT_MS;
        protect(upkeep);
    }
    if (clock_now_ms(&upkeep->clock) >= upkeep->next_end_ms) {
        upkeep->next_end_ms = INT64_MAX;
        loader_start(upkeep->loader);
    }
}
