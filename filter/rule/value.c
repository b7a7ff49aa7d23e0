#include "filter/rule/value.h"
#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/rule/program.h"
#include "filter/text/caseless.h"

static bool is_wildcard(char c)
{
    return c == RULE_ANY_RUN || c == RULE_ANY_ONE;
}

/*
 * A backslash escapes a wildcard or a backslash and stands for itself before anything else (Sigma
 * rules specification, "Escape Character"). Runs of '*' are one.
 */
void rule_value_unescape(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\\' && i + 1 < text.len && strchr("*?\\", text.at[i + 1]) != NULL) {
            buf_put_char(out, text.at[++i]);
        } else if (c == '?') {
            buf_put_char(out, RULE_ANY_ONE);
        } else if (c != '*') {
            buf_put_char(out, c);
        } else if (out->len == 0 || out->bytes[out->len - 1] != RULE_ANY_RUN) {
            buf_put_char(out, RULE_ANY_RUN);
        }
    }
}

bool rule_value_caseless(struct str glob, struct arena *arena, struct str *pattern)
{
    struct buf out = BUF_EMPTY;
    for (size_t at = 0; at < glob.len;) {
        size_t end = at;
        while (end < glob.len && !is_wildcard(glob.at[end])) {
            end++;
        }
        text_caseless(str_part(glob, at, end), &out);
        if (end < glob.len) {
            buf_put_char(&out, glob.at[end++]);
        }
        at = end;
    }
    pattern->at = arena_copy(arena, out.len > 0 ? out.bytes : "", out.len);
    pattern->len = out.len;
    buf_fini(&out);
    return pattern->at != NULL;
}

static bool fail_full(struct err *err)
{
    return err_set(err, "the rules are too large");
}

static bool put_literal(enum text_view_kind view, struct str literal, struct arena *arena,
                        struct buf *out, struct err *err)
{
    struct str folded = literal;
    if (view != TEXT_RAW && !text_fold_literal(view, literal, arena, &folded, err)) {
        return false;
    }
    buf_put_str(out, folded);
    return true;
}

bool rule_value_fold(enum text_view_kind view, struct str glob, struct arena *arena,
                     struct str *pattern, struct err *err)
{
    struct buf out = BUF_EMPTY;
    bool done = true;
    for (size_t at = 0; done && at < glob.len;) {
        size_t end = at;
        while (end < glob.len && !is_wildcard(glob.at[end])) {
            end++;
        }
        if (end > at) {
            done = put_literal(view, str_part(glob, at, end), arena, &out, err);
        } else {
            buf_put_char(&out, glob.at[end++]);
        }
        at = end;
    }
    if (done) {
        pattern->at = arena_copy(arena, out.len > 0 ? out.bytes : "", out.len);
        pattern->len = out.len;
        done = pattern->at != NULL || fail_full(err);
    }
    buf_fini(&out);
    return done;
}
