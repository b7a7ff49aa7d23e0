/*
 * Reads a regex that PCRE2 has compiled for places where matching could explode: a repeated group
 * that can take the same text in more than one way. For each such place it makes a text that would
 * lead there (the least that the part before it matches) and one to repeat there. Whether matching
 * really explodes is then measured (regex.c), so being wrong here costs only the attempt.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <assert.h>
#include <ctype.h>
#include <pcre2.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/rule/regex.h"

enum { BRANCHES = 6, OFTEN = 10, POWERS = 3, MOST_FRONT = 256 };

/* First the shape alone; then texts without what is optional, then with it. */
enum pass { PASS_SHAPE, PASS_LEAST, PASS_MORE };

struct walk {
    struct str text;
    size_t at;
    unsigned flags;
    enum pass pass;
    struct buf sample; /* what everything up to here matches */
    size_t nested;     /* repeated groups that can take a text in several ways */
    size_t wide;       /* unbounded repeats of more than a letter: '.', \w, \d, [^x] */
    struct rule_attacks *attacks;
};

void rule_attacks_fini(struct rule_attacks *attacks)
{
    for (size_t i = 0; i < attacks->count; i++) {
        buf_fini(&attacks->items[i].front);
        buf_fini(&attacks->items[i].pump);
    }
    attacks->count = 0;
}

static void put_attack(struct walk *walk, size_t front, struct str pump, bool is_nested)
{
    struct rule_attacks *attacks = walk->attacks;
    if (walk->pass == PASS_SHAPE || pump.len == 0 || attacks->count == RULE_ATTACKS_MAX) {
        return;
    }
    struct rule_attack *attack = &attacks->items[attacks->count++];
    *attack = (struct rule_attack){.is_nested = is_nested};
    buf_put_str(&attack->front, str_part(buf_str(&walk->sample), 0, front));
    buf_put_str(&attack->pump, pump);
}

static bool is_end(const struct walk *walk)
{
    return walk->at >= walk->text.len;
}

static bool sees(const struct walk *walk, const char *text)
{
    return str_starts(str_part(walk->text, walk->at, walk->text.len), str_of(text));
}

static size_t code_point_len(struct str text)
{
    size_t len = text.len > 0 ? 1 : 0;
    while (len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80) {
        len++;
    }
    return len;
}

/* The first letter of `letters` that `regex`, all of a class, matches; "" if there is none. */
static struct str find_member(const pcre2_code *regex, struct str letters)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    struct str found = STR("");
    assert(letters.at != NULL);
    for (size_t at = 0; found.len == 0 && at < letters.len;) {
        size_t len = code_point_len(str_part(letters, at, letters.len));
        if (pcre2_match(regex, (PCRE2_SPTR)letters.at + at, len, 0, 0, data, NULL) >= 0 &&
            pcre2_get_ovector_pointer(data)[1] == len) {
            found = str_part(letters, at, at + len);
        }
        at += len;
    }
    pcre2_match_data_free(data);
    return found;
}

/* A letter that the class or escape in [start, at) matches: a likely one, or one that it names. */
static void put_member(struct walk *walk, size_t start)
{
    static const char likely[] =
        "a0 A_-.,:/@#\n\t!\"$%&'()*+;<=>?[\\]^`{|}~bcdefghijklmnopqrstuvwxyz123456789"
        "BCDEFGHIJKLMNOPQRSTUVWXYZé";
    int code;
    PCRE2_SIZE place;
    struct str snippet = str_part(walk->text, start, walk->at);
    pcre2_code *regex =
        pcre2_compile((PCRE2_SPTR)snippet.at, snippet.len,
                      rule_regex_options(walk->flags) | PCRE2_ANCHORED, &code, &place, NULL);
    if (regex == NULL) {
        return; /* it means something only where it stands, as \1 does */
    }
    struct str found = find_member(regex, str_of(likely));
    if (found.len == 0) {
        found = find_member(regex, snippet);
    }
    buf_put_str(&walk->sample, found);
    pcre2_code_free(regex);
}

/* Behind a class' closing bracket. */
static void skip_class(struct walk *walk)
{
    walk->at++;
    if (sees(walk, "^")) {
        walk->at++;
    }
    if (sees(walk, "]")) {
        walk->at++;
    }
    while (!is_end(walk) && walk->text.at[walk->at] != ']') {
        if (sees(walk, "[:")) {
            walk->at += 2;
            while (!is_end(walk) && !sees(walk, ":]")) {
                walk->at++;
            }
            walk->at += is_end(walk) ? 0 : 1;
        } else if (walk->text.at[walk->at] == '\\') {
            walk->at++;
        }
        walk->at += is_end(walk) ? 0 : 1;
    }
    walk->at += is_end(walk) ? 0 : 1;
}

/* Behind an escape with all that belongs to it: \x{…}, \p{…}, \g{…}. */
static void skip_escape(struct walk *walk)
{
    walk->at += walk->at + 1 < walk->text.len ? 2 : 1;
    char kind = walk->text.at[walk->at - 1];
    if (strchr("xpPgkoN", kind) != NULL && !is_end(walk) && walk->text.at[walk->at] == '{') {
        while (!is_end(walk) && walk->text.at[walk->at] != '}') {
            walk->at++;
        }
        walk->at += is_end(walk) ? 0 : 1;
    } else if (kind == 'x') {
        for (int i = 0; i < 2 && !is_end(walk) && isxdigit((unsigned char)walk->text.at[walk->at]);
             i++) {
            walk->at++;
        }
    } else if (strchr("pP", kind) != NULL && !is_end(walk)) {
        walk->at++;
    }
}

/* How often the atom before may stand there. */
struct repeat {
    unsigned least, most; /* most: OFTEN or more counts as unbounded */
    bool is_given, gives_back;
};

static unsigned read_number(struct walk *walk)
{
    unsigned number = 0;
    while (!is_end(walk) && isdigit((unsigned char)walk->text.at[walk->at])) {
        number = number < 100000 ? 10 * number + (unsigned)(walk->text.at[walk->at] - '0') : number;
        walk->at++;
    }
    return number;
}

/* `{2}`, `{2,}`, `{2,5}`; anything else in braces is text. */
static bool read_braces(struct walk *walk, struct repeat *repeat)
{
    size_t start = walk->at++;
    if (is_end(walk) || !isdigit((unsigned char)walk->text.at[walk->at])) {
        walk->at = start;
        return false;
    }
    repeat->least = repeat->most = read_number(walk);
    if (sees(walk, ",")) {
        walk->at++;
        repeat->most = sees(walk, "}") ? UINT32_MAX : read_number(walk);
    }
    if (!sees(walk, "}")) {
        walk->at = start;
        return false;
    }
    walk->at++;
    return true;
}

static struct repeat read_repeat(struct walk *walk)
{
    struct repeat repeat = {.least = 1, .most = 1, .gives_back = true};
    char sign = is_end(walk) ? '\0' : walk->text.at[walk->at];
    if (sign == '*' || sign == '+' || sign == '?') {
        repeat.least = sign == '+';
        repeat.most = sign == '?' ? 1 : UINT32_MAX;
        repeat.is_given = true;
        walk->at++;
    } else if (sign == '{') {
        repeat.is_given = read_braces(walk, &repeat);
    }
    if (repeat.is_given && !is_end(walk) && strchr("?+", walk->text.at[walk->at]) != NULL) {
        repeat.gives_back = walk->text.at[walk->at] == '?';
        walk->at++;
    }
    return repeat;
}

/* What a group or a sequence can do. */
struct shape {
    bool is_varying; /* takes texts of several lengths, or one in several ways */
    struct buf pumps[BRANCHES];
    size_t pump_count;
};

static void shape_fini(struct shape *shape)
{
    for (size_t i = 0; i < shape->pump_count; i++) {
        buf_fini(&shape->pumps[i]);
    }
}

static bool walk_branches(struct walk *walk, struct shape *shape, struct err *err);

/* What may follow "(?"; false if it is not for rules. */
static bool open_group(struct walk *walk, bool *is_plain, struct err *err)
{
    static const char *const refused[] = {"(?C", "(?R", "(?&", "(?P>", "(?+", "(?(", "(*", NULL};
    static const char *const opening[] = {"(?:", "(?>", "(?|", "(?=", "(?!", "(?<=", "(?<!", NULL};
    *is_plain = true;
    for (const char *const *one = refused; *one != NULL; one++) {
        if (sees(walk, *one)) {
            return err_set(err, "%s at byte %zu is not for rules; write it without", *one,
                           walk->at + 1);
        }
    }
    if (!sees(walk, "(?")) {
        walk->at++;
        return true;
    }
    for (const char *const *one = opening; *one != NULL; one++) {
        if (sees(walk, *one)) {
            walk->at += strlen(*one);
            *is_plain = (*one)[2] == ':' || (*one)[2] == '|';
            return true;
        }
    }
    if (sees(walk, "(?<") || sees(walk, "(?P<") || sees(walk, "(?'")) {
        char close = sees(walk, "(?'") ? '\'' : '>';
        walk->at += 3;
        while (!is_end(walk) && walk->text.at[walk->at] != close) {
            walk->at++;
        }
        walk->at += is_end(walk) ? 0 : 1;
        return true;
    }
    if (walk->at + 2 < walk->text.len && (isdigit((unsigned char)walk->text.at[walk->at + 2]) ||
                                          (sees(walk, "(?-") && walk->at + 3 < walk->text.len &&
                                           isdigit((unsigned char)walk->text.at[walk->at + 3])))) {
        return err_set(err, "a call of a group at byte %zu is not for rules; write it out",
                       walk->at + 1);
    }
    /* Settings (?i) and (?i:…), comments (?#…). */
    size_t start = walk->at;
    bool is_comment = sees(walk, "(?#");
    while (!is_end(walk) && walk->text.at[walk->at] != ')' &&
           (is_comment || walk->text.at[walk->at] != ':')) {
        if (!is_comment && walk->text.at[walk->at] == 'x') {
            return err_set(err, "(?x) at byte %zu is not for rules; write it without blanks",
                           start + 1);
        }
        walk->at++;
    }
    walk->at += sees(walk, ":") ? 1 : 0;
    return true;
}

/* The recursion is bounded by PCRE2's limit of brackets. NOLINTBEGIN(misc-no-recursion) */
static bool walk_group(struct walk *walk, struct shape *shape, struct err *err)
{
    bool is_plain = true;
    size_t front = walk->sample.len;
    if (!open_group(walk, &is_plain, err) || !walk_branches(walk, shape, err)) {
        return false;
    }
    walk->at += is_end(walk) ? 0 : 1;
    if (!is_plain) {
        /* Around and atomic: it gives nothing back, and what is around takes no text. */
        shape->is_varying = false;
        walk->sample.len = front;
    }
    return true;
}

/* One letter, class, escape or dot; `*is_wide` if it stands for much. */
static bool walk_single(struct walk *walk, bool *is_wide, struct err *err)
{
    size_t start = walk->at;
    char c = walk->text.at[start];
    bool is_shape = walk->pass == PASS_SHAPE;
    *is_wide = false;
    if (c == '\\' && start + 1 < walk->text.len) {
        char kind = walk->text.at[start + 1];
        if (kind == 'K') {
            return err_set(err, "\\K at byte %zu is not for rules; use a look-behind (?<=…)",
                           start + 1);
        }
        if (kind == 'Q') {
            return err_set(err, "\\Q at byte %zu is not for rules; escape each sign with \\",
                           start + 1);
        }
        skip_escape(walk);
        *is_wide = strchr("wWsSdDXR", kind) != NULL;
        if (!is_shape && strchr("bBAzZG", kind) == NULL) {
            put_member(walk, start);
        }
        return true;
    }
    if (c == '[') {
        skip_class(walk);
        *is_wide = walk->at - start > 3;
        if (!is_shape) {
            put_member(walk, start);
        }
        return true;
    }
    walk->at++;
    while (!is_end(walk) && ((unsigned char)walk->text.at[walk->at] & 0xc0) == 0x80) {
        walk->at++;
    }
    *is_wide = c == '.';
    if (c == '.') {
        buf_put_char(&walk->sample, 'a');
    } else if (c != '^' && c != '$') {
        buf_put_str(&walk->sample, str_part(walk->text, start, walk->at));
    }
    return true;
}

/* One atom with its repeat. */
static bool walk_atom(struct walk *walk, struct shape *outer, struct err *err)
{
    struct shape inner = {.is_varying = false};
    size_t front = walk->sample.len;
    bool is_group = walk->text.at[walk->at] == '(', is_wide = false;
    bool done = is_group ? walk_group(walk, &inner, err) : walk_single(walk, &is_wide, err);
    if (!done) {
        shape_fini(&inner);
        return false;
    }
    struct repeat repeat = read_repeat(walk);
    bool is_often = repeat.most >= OFTEN && repeat.gives_back;
    if (is_often && inner.is_varying) { /* (a?){30} as well, where only the inner one varies */
        walk->nested++;
        for (size_t i = 0; i < inner.pump_count; i++) {
            put_attack(walk, front, buf_str(&inner.pumps[i]), true);
        }
    }
    if (is_often && repeat.most > repeat.least && is_wide && walk->wide++ == 0) {
        put_attack(walk, front, str_part(buf_str(&walk->sample), front, walk->sample.len), false);
    }
    outer->is_varying = outer->is_varying || inner.is_varying ||
                        (repeat.is_given && repeat.most != repeat.least && repeat.gives_back);
    if ((repeat.least == 0 && walk->pass != PASS_MORE) || walk->sample.len > MOST_FRONT) {
        walk->sample.len = front;
    }
    shape_fini(&inner);
    return true;
}

/* Alternatives up to the closing bracket or the end; the first one's sample stays. */
static bool walk_branches(struct walk *walk, struct shape *shape, struct err *err)
{
    size_t front = walk->sample.len;
    bool done = true;
    for (;;) {
        while (done && !is_end(walk) && walk->text.at[walk->at] != '|' &&
               walk->text.at[walk->at] != ')') {
            done = walk_atom(walk, shape, err);
        }
        if (done && shape->pump_count < BRANCHES) {
            struct buf *pump = &shape->pumps[shape->pump_count++];
            *pump = BUF_EMPTY;
            buf_put_str(pump, str_part(buf_str(&walk->sample), front, walk->sample.len));
        }
        walk->sample.len = front;
        if (!done || !sees(walk, "|")) {
            break;
        }
        shape->is_varying = true;
        walk->at++;
    }
    if (done) {
        buf_put_str(&walk->sample, buf_str(&shape->pumps[0]));
    }
    return done;
}
/* NOLINTEND(misc-no-recursion) */

bool rule_attacks_find(struct str pattern, unsigned flags, struct rule_attacks *attacks,
                       struct err *err)
{
    bool done = true;
    for (enum pass pass = PASS_SHAPE; done && pass <= PASS_MORE; pass++) {
        struct walk walk = {.text = pattern, .flags = flags, .pass = pass, .attacks = attacks};
        struct shape shape = {.is_varying = false};
        while (done && !is_end(&walk)) {
            /* A lone closing bracket would end the walk early; PCRE2 has refused it. */
            done = walk_branches(&walk, &shape, err);
            walk.at += is_end(&walk) ? 0 : 1;
        }
        if (walk.wide >= POWERS) { /* what stands between the repeats, over and over */
            put_attack(&walk, 0, buf_str(&walk.sample), false);
        }
        shape_fini(&shape);
        buf_fini(&walk.sample);
        if (pass == PASS_SHAPE && walk.nested == 0 && walk.wide < POWERS) {
            break;
        }
    }
    return done;
}
