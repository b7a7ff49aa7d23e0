/* Posts to try rules on: their own tests, and speech that no rule may match. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/post.h"
#include "filter/base/str.h"
#include "filter/rule/findings.h"

struct arena;
struct yaml_node;

/* Posts that a rule must or must not match */
struct rule_sample {
    struct post post; /* its text lies in the loader's scratch arena */
    bool must_match;
    const char *file;
    unsigned line, column;
    struct str id; /* of a speech sample */
};

struct rule_samples {
    struct rule_sample *items; /* owned */
    size_t count, room;
};

void rule_samples_fini(struct rule_samples *samples);

/* Reads `tests:` of a rule, texts copied into `arena`. False with findings. */
bool rule_samples_read(const struct yaml_node *tests, struct arena *arena,
                       struct rule_findings *findings, struct rule_samples *out);

/* Reads an NDJSON file of posts {"id", "text", …}, texts copied into `arena`. */
bool rule_speech_read(struct str ndjson, struct arena *arena, struct rule_findings *findings,
                      struct rule_samples *out);

/* A file of rules/speech that was built in; false past the last. */
struct rule_speech_file {
    const char *path;
    struct str ndjson;
};
bool rule_speech_built_in(size_t index, struct rule_speech_file *file);
