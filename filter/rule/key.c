#include "filter/rule/key.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/nearest.h"

static const char *const names[] = {
#define X(constant, name) [RULE_MODIFIER_##constant] = (name),
    RULE_MODIFIERS(X)
#undef X
        [RULE_MODIFIER_COUNT] = NULL,
};

#define BIT(constant) (UINT64_C(1) << RULE_MODIFIER_##constant)

/* Each says how a value is compared, so only one of them can stand in a key. */
static const uint64_t comparing = BIT(CONTAINS) | BIT(STARTSWITH) | BIT(ENDSWITH) | BIT(WORDS) |
                                  BIT(RE) | BIT(EXISTS) | BIT(CIDR);
static const uint64_t encoding = BIT(WINDASH) | BIT(WIDE) | BIT(UTF16LE) | BIT(UTF16BE) |
                                 BIT(UTF16) | BIT(BASE64) | BIT(BASE64OFFSET);
static const uint64_t base64 = BIT(BASE64) | BIT(BASE64OFFSET);
static const uint64_t utf16 = BIT(WIDE) | BIT(UTF16LE) | BIT(UTF16BE) | BIT(UTF16);
static const uint64_t times =
    BIT(MINUTE) | BIT(HOUR) | BIT(DAY) | BIT(WEEK) | BIT(MONTH) | BIT(YEAR);
static const uint64_t numbers = BIT(LT) | BIT(LTE) | BIT(GT) | BIT(GTE);

static const char *first_name(uint64_t modifiers)
{
    return names[__builtin_ctzll(modifiers)];
}

static const char *last_name(uint64_t modifiers)
{
    return names[63 - __builtin_clzll(modifiers)];
}

static bool is_several(uint64_t modifiers)
{
    return (modifiers & (modifiers - 1)) != 0;
}

static bool fail_unknown(const struct rule_key *key, struct rule_findings *findings,
                         unsigned column, struct str word)
{
    const char *near = rule_nearest(word, names);
    if (word.len == 0) {
        return rule_fault(findings, key->line, column,
                          "'|' with no modifier behind it; write field|modifier, as text|contains");
    }
    return rule_fault(findings, key->line, column, "unknown modifier '%.*s'%s%s%s",
                      STR_FORMAT(rule_shown(word)), near != NULL ? "; did you mean '" : "",
                      near != NULL ? near
                                   : "; there are contains, startswith, endswith, all, words, "
                                     "skeleton, re, cased, expand, exists and more",
                      near != NULL ? "'?" : "");
}

static bool read_modifier(struct rule_key *key, struct rule_findings *findings, unsigned column,
                          struct str word)
{
    for (size_t i = 0; i < RULE_MODIFIER_COUNT; i++) {
        if (!str_is(word, names[i])) {
            continue;
        }
        if (rule_key_has(key, (enum rule_modifier)i)) {
            return rule_fault(findings, key->line, column,
                              "modifier '%s' stands there twice; once is enough", names[i]);
        }
        if ((i == RULE_MODIFIER_I || i == RULE_MODIFIER_M || i == RULE_MODIFIER_S) &&
            !rule_key_has(key, RULE_MODIFIER_RE)) {
            return rule_fault(findings, key->line, column,
                              "modifier '%s' belongs behind re, as in text|re|%s", names[i],
                              names[i]);
        }
        key->is_wide_last = key->is_wide_last ||
                            ((UINT64_C(1) << i & utf16) != 0 && (key->modifiers & base64) != 0);
        key->modifiers |= UINT64_C(1) << i;
        return true;
    }
    return fail_unknown(key, findings, column, word);
}

/* What has no meaning in rules for events, or contradicts itself there. */
static bool check_event(const struct rule_key *key, struct rule_findings *findings)
{
    uint64_t has = key->modifiers, own = has & (numbers | times | BIT(FIELDREF));
    uint64_t wordless = has & (comparing | encoding | BIT(CASED) | BIT(EXPAND));
    if (is_several(has & numbers) || is_several(has & times)) {
        uint64_t both = is_several(has & numbers) ? has & numbers : has & times;
        return rule_fault(findings, key->line, key->column,
                          "'%s' and '%s' are two ways to compare; keep one of them",
                          first_name(both), last_name(both));
    }
    if ((has & BIT(FIELDREF)) != 0) {
        wordless &= ~(BIT(CONTAINS) | BIT(STARTSWITH) | BIT(ENDSWITH) | BIT(CASED));
        wordless |= has & (numbers | times);
    }
    if (own != 0 && wordless != 0) {
        return rule_fault(findings, key->line, key->column, "'%s' has no meaning beside '%s'",
                          first_name(wordless), first_name(own));
    }
    if ((has & BIT(SKELETON)) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "'skeleton' is for posts; events are read as they are");
    }
    return true;
}

/* What the language cannot do of posts. */
static bool check_post(const struct rule_key *key, struct rule_findings *findings)
{
    uint64_t has = key->modifiers;
    if ((has & (numbers | times)) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "modifier '%s' compares %s, and no field of a post holds one",
                          first_name(has & (numbers | times)),
                          (has & numbers) != 0 ? "numbers" : "dates");
    }
    if ((has & BIT(FIELDREF)) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "modifier 'fieldref' compares two fields, which is not supported; "
                          "write the value out");
    }
    if ((has & utf16) != 0 && ((has & base64) == 0 || key->is_wide_last)) {
        return rule_fault(findings, key->line, key->column,
                          "'%s' makes bytes that no post has; it needs base64offset behind it",
                          first_name(has & utf16));
    }
    if ((has & BIT(EXPAND)) != 0 && (has & BIT(CIDR)) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "'expand' cannot stand beside 'cidr'; write the values out");
    }
    return true;
}

/* What contradicts itself. */
static bool check(const struct rule_key *key, bool reads_events, struct rule_findings *findings)
{
    uint64_t has = key->modifiers;
    if (!(reads_events ? check_event(key, findings) : check_post(key, findings))) {
        return false;
    }
    if (is_several(has & comparing)) {
        return rule_fault(findings, key->line, key->column,
                          "'%s' and '%s' are two ways to compare; keep one of them",
                          first_name(has & comparing), last_name(has & comparing));
    }
    if ((has & BIT(SKELETON)) != 0 && (has & (BIT(CASED) | BIT(EXISTS) | BIT(CIDR))) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "'skeleton' undoes spelling, so '%s' has no meaning beside it; keep one",
                          first_name(has & (BIT(CASED) | BIT(EXISTS) | BIT(CIDR))));
    }
    if ((has & encoding) != 0 && (has & (BIT(WORDS) | BIT(RE) | BIT(EXISTS) | BIT(CIDR))) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "'%s' rewrites a text, so it cannot stand beside '%s'",
                          first_name(has & encoding), first_name(has & comparing));
    }
    if (is_several(has & utf16) || is_several(has & base64)) {
        return rule_fault(findings, key->line, key->column,
                          "'%s' and '%s' are two encodings of one value; keep one of them",
                          first_name(is_several(has & utf16) ? has & utf16 : has & base64),
                          last_name(is_several(has & utf16) ? has & utf16 : has & base64));
    }
    if ((has & BIT(SKELETON)) != 0 && (has & base64) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "'skeleton' undoes spelling, so '%s' has no meaning beside it; keep one",
                          first_name(has & base64));
    }
    if ((has & BIT(EXPAND)) != 0 && (has & (BIT(RE) | BIT(EXISTS))) != 0) {
        return rule_fault(findings, key->line, key->column,
                          "'expand' cannot stand beside '%s'; write the values out",
                          first_name(has & (BIT(RE) | BIT(EXISTS))));
    }
    return true;
}

bool rule_key_parse(const struct yaml_node *node, bool reads_events, struct rule_findings *findings,
                    struct rule_key *key)
{
    struct str text = node->key;
    size_t end = 0;
    while (end < text.len && text.at[end] != '|') {
        end++;
    }
    *key = (struct rule_key){
        .field = str_part(text, 0, end), .line = node->key_line, .column = node->key_column};
    while (end < text.len) {
        size_t start = ++end;
        while (end < text.len && text.at[end] != '|') {
            end++;
        }
        if (!read_modifier(key, findings, key->column + (unsigned)start,
                           str_part(text, start, end))) {
            return false;
        }
    }
    return check(key, reads_events, findings);
}

enum text_view_kind rule_key_view(const struct rule_key *key)
{
    uint64_t has = key->modifiers;
    if ((has & BIT(SKELETON)) != 0) {
        return TEXT_SKELETON;
    }
    bool is_cased_regex = (has & BIT(RE)) != 0 && (has & BIT(I)) == 0;
    bool is_raw = (has & (BIT(CASED) | BIT(EXISTS) | BIT(CIDR) | base64)) != 0;
    return is_cased_regex || is_raw ? TEXT_RAW : TEXT_FOLDED;
}
