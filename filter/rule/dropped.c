/* What Sigma 1 had and Sigma 2 has no more, and how it is written now. */
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"

/* The next word of `text` behind `*at`: letters, or one sign ('(', ')', '<', '>=', …). */
static struct str word_at(struct str text, size_t *at)
{
    static const char signs[] = "()<>=!|";
    while (*at < text.len && strchr(" \t\r\n", text.at[*at]) != NULL) {
        ++*at;
    }
    size_t start = *at;
    if (start < text.len && strchr(signs, text.at[start]) != NULL) {
        bool is_relation = text.at[start] != '(' && text.at[start] != ')';
        ++*at;
        *at += is_relation && *at < text.len && text.at[*at] == '=';
        return str_part(text, start, *at);
    }
    while (*at < text.len && strchr(" \t\r\n", text.at[*at]) == NULL &&
           strchr(signs, text.at[*at]) == NULL) {
        ++*at;
    }
    return str_part(text, start, *at);
}

/* `count(field) by group > 5`, read as far as it goes. */
struct aggregation {
    struct str function, field, group, relation, number;
};

static struct aggregation read_aggregation(struct str text)
{
    struct aggregation in = {.function = STR("")};
    size_t at = 0;
    in.function = word_at(text, &at);
    struct str word = word_at(text, &at);
    if (str_is(word, "(")) {
        word = word_at(text, &at);
        if (!str_is(word, ")")) {
            in.field = word;
            (void)word_at(text, &at); /* its ')' */
        }
        word = word_at(text, &at);
    }
    if (str_is(word, "by")) {
        in.group = word_at(text, &at);
        word = word_at(text, &at);
    }
    in.relation = word;
    in.number = word_at(text, &at);
    return in;
}

static const char *modern_type(const struct aggregation *in)
{
    return str_is(in->function, "near")    ? "temporal"
           : str_is(in->function, "sum")   ? "value_sum"
           : str_is(in->function, "avg")   ? "value_avg"
           : str_is(in->function, "count") ? (in->field.len > 0 ? "value_count" : "event_count")
                                           : NULL;
}

static const char *modern_relation(struct str relation)
{
    static const char *const relations[][2] = {{">", "gt"},   {">=", "gte"}, {"<", "lt"},
                                               {"<=", "lte"}, {"=", "eq"},   {"==", "eq"}};
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        if (str_is(relation, relations[i][0])) {
            return relations[i][1];
        }
    }
    return "gt";
}

void rule_dropped_aggregation(struct str text, struct str timeframe, struct buf *out)
{
    struct aggregation in = read_aggregation(text);
    const char *type = modern_type(&in);
    if (type == NULL) { /* min, max, or something else that was never there */
        buf_put_string(out, "write a second document with a correlation, as correlation: { type: "
                            "event_count, rules: [name of this rule], timespan: 5m, condition: "
                            "{ gte: 10 } }");
        return;
    }
    bool is_near = str_is(in.function, "near");
    buf_printf(out,
               "write %s, and a document with correlation: { type: %s, rules: %s, timespan: %.*s",
               is_near ? "each part as a rule with a name" : "the rule without it, with a name",
               type, is_near ? "[names of the parts]" : "[that name]",
               STR_FORMAT(timeframe.len > 0 ? rule_shown(timeframe) : STR("5m")));
    if (in.group.len > 0) {
        buf_printf(out, ", group-by: [%.*s]", STR_FORMAT(rule_shown(in.group)));
    }
    if (!is_near) {
        buf_printf(out, ", condition: { %s: %.*s", modern_relation(in.relation),
                   STR_FORMAT(in.number.len > 0 ? rule_shown(in.number) : STR("10")));
        if (in.field.len > 0) {
            buf_printf(out, ", field: %.*s", STR_FORMAT(rule_shown(in.field)));
        }
        buf_put_string(out, " }");
    }
    buf_put_string(out, " }");
}
