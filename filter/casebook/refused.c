#include "filter/casebook/refused.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

enum { KINDS = REFUSED_TOKEN + 1, WORDS = 200 };

static const struct {
    const char *name, *words;
} kinds[] = {
#define X(constant, name, words) [constant] = {name, words},
    REFUSED_KINDS(X)
#undef X
};

struct victim {
    char name[CASEBOOK_NAME_MOST + 1];
    int64_t count;
};

struct refused {
    int64_t of[KINDS], since_ms;
    int64_t next_ms; /* no row before that */
    struct victim people[REFUSED_PEOPLE_MOST];
    size_t people_count;
    bool is_waiting; /* something is counted that no row has */
};

struct refused *refused_new(void)
{
    return mem_zero(1, sizeof(struct refused));
}

void refused_free(struct refused *refused)
{
    free(refused);
}

static void count_person(struct refused *refused, struct str person)
{
    for (size_t i = 0; i < refused->people_count; i++) {
        if (str_is(person, refused->people[i].name)) {
            refused->people[i].count++;
            return;
        }
    }
    if (refused->people_count < REFUSED_PEOPLE_MOST) {
        struct victim *victim = &refused->people[refused->people_count++];
        snprintf(victim->name, sizeof victim->name, "%.*s", STR_FORMAT(person));
        victim->count = 1;
    }
}

/* "3 sandi / passwords, 1 kode / codes" */
static void put_words(const struct refused *refused, char out[WORDS])
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < KINDS && len < WORDS; i++) {
        if (refused->of[i] > 0) {
            len += (size_t)snprintf(out + len, WORDS - len, "%s%lld %s", len > 0 ? ", " : "",
                                    (long long)refused->of[i], kinds[i].words);
        }
    }
}

static json_t *detail_of(const struct refused *refused)
{
    char since[CLOCK_TEXT], words[WORDS];
    json_t *people = json_object();
    for (size_t i = 0; i < refused->people_count; i++) {
        json_object_set_new(people, refused->people[i].name,
                            json_integer((json_int_t)refused->people[i].count));
    }
    put_words(refused, words);
    json_t *detail = json_pack("{so ss ss}", "people", people, "since",
                               clock_format(refused->since_ms, since), "why", words);
    for (size_t i = 0; i < KINDS; i++) {
        json_object_set_new(detail, kinds[i].name, json_integer((json_int_t)refused->of[i]));
    }
    return detail;
}

void refused_settle(struct refused *refused, struct casebook *casebook, int64_t now_ms)
{
    struct err err = ERR_NONE;
    if (!refused->is_waiting || now_ms < refused->next_ms) {
        return;
    }
    bool done = casebook_sql_enter(casebook, &err) &&
                casebook_sql_leave(casebook,
                                   casebook_log(casebook, CASEBOOK_MACHINE, "sign_in_refused", 0,
                                                detail_of(refused), &err),
                                   &err);
    if (done) {
        *refused = (struct refused){.next_ms = now_ms + REFUSED_HOUR_MS};
    } else {
        log_line(LOG_ERROR, "sign_in_refused", LOG_TEXT("why", err.message));
    }
}

void refused_note(struct refused *refused, struct casebook *casebook, enum refused_kind kind,
                  struct str person, int64_t now_ms)
{
    refused->since_ms = refused->is_waiting ? refused->since_ms : now_ms;
    refused->is_waiting = true;
    refused->of[kind]++;
    if (person.len > 0) {
        count_person(refused, person);
    }
    refused_settle(refused, casebook, now_ms);
}
