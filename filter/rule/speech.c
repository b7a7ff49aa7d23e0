#include <jansson.h>

#include "filter/base/arena.h"
#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/rule/findings.h"
#include "filter/rule/lists.h"
#include "filter/rule/sample.h"

/*
 * The samples that we ship are part of the program, so that no choice of folders gets round them
 * (DESIGN: limit 1). X(symbol, file below rules/speech)
 */
#define FILES(X)                                                                                   \
    X(campaign, "campaign.ndjson")                                                                 \
    X(criticism, "criticism.ndjson")                                                               \
    X(fact_checks, "fact-checks.ndjson")                                                           \
    X(notices, "notices.ndjson")                                                                   \
    X(press, "press.ndjson")                                                                       \
    X(questions, "questions.ndjson")                                                               \
    X(satire, "satire.ndjson")                                                                     \
    X(talk, "talk.ndjson")                                                                         \
    X(testimony, "testimony.ndjson")                                                               \
    X(warnings, "warnings.ndjson")

#define X(symbol, file)                                                                            \
    __asm__(".pushsection .rodata\n"                                                               \
            "speech_" #symbol ": .incbin \"rules/speech/" file "\"\n"                              \
            "speech_" #symbol "_end: .byte 0\n"                                                    \
            ".popsection\n");                                                                      \
    extern const char speech_##symbol[] __attribute__((visibility("hidden")));                     \
    extern const char speech_##symbol##_end[] __attribute__((visibility("hidden")));
FILES(X)
#undef X

static const struct {
    const char *path, *start, *end;
} built_in[] = {
#define X(symbol, file) {"rules/speech/" file, speech_##symbol, speech_##symbol##_end},
    FILES(X)
#undef X
};

bool rule_speech_built_in(size_t index, struct rule_speech_file *file)
{
    if (index >= sizeof built_in / sizeof *built_in) {
        return false;
    }
    file->path = built_in[index].path;
    file->ndjson.at = built_in[index].start;
    file->ndjson.len = (size_t)(built_in[index].end - built_in[index].start);
    return true;
}

/* One line being read. */
struct reading {
    struct arena *arena;
    struct rule_findings *findings;
    unsigned line;
};

static bool fail(const struct reading *in, const char *message, const char *key)
{
    return rule_fault(in->findings, in->line, 1, message, key);
}

static bool copy_member(const struct reading *in, const char *key, const json_t *value,
                        struct str *out)
{
    if (!json_is_string(value)) {
        return fail(in, "'%s' must be a text", key);
    }
    out->len = json_string_length(value);
    out->at = arena_copy(in->arena, json_string_value(value), out->len);
    return out->at != NULL || fail(in, "the samples are too large%s", "");
}

static bool read_members(const struct reading *in, json_t *object, struct rule_sample *sample)
{
    struct post *post = &sample->post;
    const struct {
        const char *key;
        struct str *to;
    } members[] = {
        {"id", &sample->id},
        {"title", &post->fields[POST_TITLE]},
        {"text", &post->fields[POST_TEXT]},
        {"author_name", &post->fields[POST_AUTHOR_NAME]},
        {"lang", &post->lang},
        {"source", &post->source},
        {"url", &post->url},
    };
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        struct str *to = NULL;
        for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
            if (strcmp(key, members[i].key) == 0) {
                to = members[i].to;
            }
        }
        if (to == NULL) {
            return fail(in, "unknown key '%.60s'; a sample has id, text, title, author_name", key);
        }
        if (!copy_member(in, key, value, to)) {
            return false;
        }
    }
    return sample->id.len > 0 || fail(in, "a sample without an %s; give it one", "id");
}

static bool read_line(const struct reading *in, struct str line, struct rule_sample *sample)
{
    json_error_t problem;
    json_t *object = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, &problem);
    if (object == NULL) {
        return rule_fault(in->findings, in->line, (unsigned)problem.column,
                          "not JSON: %s; a sample is one line as {\"id\": \"…\", \"text\": \"…\"}",
                          problem.text);
    }
    bool done = json_is_object(object) ? read_members(in, object, sample)
                                       : fail(in, "a sample is a JSON object%s", "");
    json_decref(object);
    return done;
}

bool rule_speech_read(struct str ndjson, struct arena *arena, struct rule_findings *findings,
                      struct rule_samples *out)
{
    struct reading in = {.arena = arena, .findings = findings};
    bool done = true;
    struct rule_lines lines = {.text = ndjson};
    struct str line;
    while (rule_next_line(&lines, &line)) {
        struct rule_sample sample = {.post = POST_EMPTY, .line = lines.number, .column = 1};
        in.line = lines.number;
        line = str_trim(line);
        if (line.len == 0) {
            continue;
        }
        if (!read_line(&in, line, &sample)) {
            done = false;
            continue;
        }
        mem_grow(&out->items, &out->room, out->count + 1, sizeof *out->items);
        out->items[out->count++] = sample;
    }
    return done;
}
