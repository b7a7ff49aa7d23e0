/* The table of moves for people and programs to read. */
#include "filter/casebook/move.h"

#include "filter/base/clock.h"
#include "filter/casebook/casebook.h"

struct cells {
    struct buf by, needs, limit;
};

static const char *const who[] = {"team",  "holder",  "proposer", "independent", "appeals",
                                  "clock", "machine", "anyone",   "second"};
static const char *const what[] = {"reason", "proposal", "answers", "signature", "conflict",
                                   "fresh",  "harvest",  "call",    "into",      "posts"};

const char *casebook_thing_state(enum casebook_thing of, int state)
{
    switch (of) {
    case OF_CASE:
        return casebook_state_name((enum casebook_state)state);
    case OF_ENTRY:
        return casebook_entry_state_name((enum casebook_entry_state)state);
    case OF_APPEAL:
        break;
    }
    return casebook_appeal_state_name((enum casebook_appeal_state)state);
}

static void put_bits(struct buf *out, unsigned bits, const char *const *names, size_t count)
{
    const char *comma = "";
    for (size_t i = 0; i < count; i++) {
        if ((bits & (1u << i)) != 0) {
            buf_printf(out, "%s%s", comma, names[i]);
            comma = ", ";
        }
    }
}

static void put_bits_json(struct buf *out, const char *name, unsigned bits,
                          const char *const *names, size_t count)
{
    const char *comma = "";
    buf_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        if ((bits & (1u << i)) != 0) {
            buf_printf(out, "%s\"%s\"", comma, names[i]);
            comma = ",";
        }
    }
    buf_put_char(out, ']');
}

static void put_text(const struct casebook_move *move, const struct cells *cells, struct buf *out)
{
    buf_printf(out, "%-6s  %-11s  %-8s  %-11s  %-28s  %-26s  %s\n", casebook_thing_name(move->of),
               casebook_thing_state(move->of, move->from), casebook_action_name(move->action),
               casebook_thing_state(move->of, move->to), cells->by.bytes,
               cells->needs.len > 0 ? cells->needs.bytes : "-",
               cells->limit.len > 0 ? cells->limit.bytes : "-");
}

static void put_json(const struct casebook_move *move, struct buf *out)
{
    buf_printf(out, "{\"of\":\"%s\",\"from\":\"%s\",\"action\":\"%s\",\"to\":\"%s\"",
               casebook_thing_name(move->of), casebook_thing_state(move->of, move->from),
               casebook_action_name(move->action), casebook_thing_state(move->of, move->to));
    put_bits_json(out, "by", move->by, who, sizeof who / sizeof *who);
    put_bits_json(out, "needs", move->needs, what, sizeof what / sizeof *what);
    buf_printf(out, ",\"fraud_only\":%s", move->fraud_only ? "true" : "false");
    if (move->after_ms > 0) {
        buf_printf(out, ",\"after_s\":%lld", (long long)(move->after_ms / 1000));
    }
    buf_put_json_field(out, "limit", str_of(move->limit));
    buf_put_string(out, "}\n");
}

static void put_markdown(const struct casebook_move *move, const struct cells *cells,
                         struct buf *out)
{
    buf_printf(out, "| %s | %s | %s | %s | %s | %s | %s |\n", casebook_thing_name(move->of),
               casebook_thing_state(move->of, move->from), casebook_action_name(move->action),
               casebook_thing_state(move->of, move->to), cells->by.bytes,
               cells->needs.len > 0 ? cells->needs.bytes : "",
               cells->limit.len > 0 ? cells->limit.bytes : "");
}

void casebook_moves_print(enum casebook_print how, struct buf *out)
{
    size_t count;
    const struct casebook_move *table = casebook_moves(&count);
    if (how == CASEBOOK_PRINT_MARKDOWN) {
        buf_put_string(out, "| of | from | move | to | who | attached | limit |\n"
                            "|---|---|---|---|---|---|---|\n");
    } else if (how == CASEBOOK_PRINT_TEXT) {
        buf_printf(out, "%-6s  %-11s  %-8s  %-11s  %-28s  %-26s  %s\n", "of", "from", "move", "to",
                   "who", "attached", "limit");
    }
    for (size_t i = 0; i < count; i++) {
        const struct casebook_move *move = &table[i];
        struct cells cells = {.by = BUF_EMPTY};
        put_bits(&cells.by, move->by, who, sizeof who / sizeof *who);
        put_bits(&cells.needs, move->needs, what, sizeof what / sizeof *what);
        buf_printf(&cells.limit, "%s%s", move->fraud_only ? "fraud; " : "", move->limit);
        switch (how) {
        case CASEBOOK_PRINT_TEXT:
            put_text(move, &cells, out);
            break;
        case CASEBOOK_PRINT_JSON:
            put_json(move, out);
            break;
        case CASEBOOK_PRINT_MARKDOWN:
            put_markdown(move, &cells, out);
            break;
        }
        buf_fini(&cells.by);
        buf_fini(&cells.needs);
        buf_fini(&cells.limit);
    }
}
