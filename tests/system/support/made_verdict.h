/* Flagged posts by number, each a case of its own; for programs that fill a casebook. */
#pragma once

#include <stdio.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/casebook/internal.h"
#include "filter/verdict/verdict.h"

struct made_verdict {
    struct verdict verdict;
    struct verdict_rule rule;
    struct verdict_span span;
    struct rule_evidence evidence;
    char text[512], id[32];
};

/* Words that no two numbers have in common, so that no two are near-copies. */
static inline void made_verdict(struct made_verdict *made, unsigned long number)
{
    static const char *const words[] = {"daftar", "undian", "pulsa", "bansos", "hadiah",  "kuota",
                                        "bibit",  "pupuk",  "token", "kupon",  "sembako", "beras"};
    uint64_t state = number * 0x9e3779b97f4a7c15u + 1;
    size_t at = 0;
    for (int i = 0; i < 12; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        at += (size_t)snprintf(made->text + at, sizeof made->text - at, "%s %lx ",
                               words[state % 12], (unsigned long)(state >> 20 & 0xffffff));
    }
    snprintf(made->id, sizeof made->id, "pos-%lu", number);
    made->evidence = (struct rule_evidence){.url = STR("https://kpu-contoh.example/resmi"),
                                            .publisher = STR("KPU Contoh"),
                                            .published_ms = CLOCK_NEVER,
                                            .valid_from_ms = CLOCK_NEVER,
                                            .valid_until_ms = CLOCK_NEVER,
                                            .rated_ms = CLOCK_NEVER};
    made->span = (struct verdict_span){.field = STR("text"), .span = {0, 4}};
    made->span.text = (struct str){made->text, 4};
    made->rule = (struct verdict_rule){.id = STR("aturan-uji"),
                                       .title = STR("Aturan uji"),
                                       .description = STR("Mengajak mengisi data"),
                                       .level = STR("high"),
                                       .class = number % 3 == 0 ? RULE_FRAUD : RULE_CLAIM,
                                       .revision = {{(unsigned char)(number % 3 == 0)}},
                                       .evidence = &made->evidence,
                                       .evidence_count = 1,
                                       .spans = &made->span,
                                       .span_count = 1};
    made->verdict = (struct verdict){.post = POST_EMPTY, .ruleset = STR("a1b2")};
    made->verdict.post.source = STR("uji");
    made->verdict.post.id = str_of(made->id);
    made->verdict.post.url = STR("https://media.example/1");
    made->verdict.post.fields[POST_TEXT] = (struct str){made->text, at};
    made->verdict.key = hash_sha256(made->verdict.post.fields[POST_TEXT]);
    made->verdict.rules = &made->rule;
    made->verdict.rule_count = 1;
}

/* Its rule may open cases, as two people would have let it. */
static inline bool made_release(struct casebook *casebook, const struct made_verdict *made,
                                struct err *err)
{
    const struct casebook_release row = {.season = STR("demo"),
                                         .rule_id = made->rule.id,
                                         .submitter = STR("penulis"),
                                         .releaser = STR("pelepas"),
                                         .release = verdict_rule_release(&made->rule),
                                         .revision = made->rule.revision};
    return casebook_release_put(casebook, &row, err);
}

/* A reviewer of the team; Argon2id makes it slow. */
static inline bool made_reviewer(struct casebook *casebook, struct err *err)
{
    const struct casebook_newcomer sari = {.name = STR("sari"),
                                           .organisation = STR("Tim Siber Contoh"),
                                           .role = ROLE_TEAM,
                                           .password = STR("sandi yang panjang sekali")};
    return casebook_people_add(casebook, &sari, err);
}
