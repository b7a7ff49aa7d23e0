#include "feeds/review.h"

#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "feeds/connector/tree.h"
#include "feeds/date.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"

enum { MAX_NESTING = 8, RATING_ROOM = 64 };

/* "@type" is a text or a list of texts (JSON-LD 1.1, section 4.2.3). */
static bool is_of_type(const json_t *object, const char *name)
{
    const json_t *type = json_object_get(object, "@type"), *one;
    size_t i;
    if (str_is(feeds_tree_text(type, ""), name)) {
        return true;
    }
    json_array_foreach((json_t *)(uintptr_t)type, i, one)
    {
        if (str_is(feeds_tree_text(one, ""), name)) {
            return true;
        }
    }
    return false;
}

/* Reviews stand alone, in lists, in "@graph", in an ItemList's items. */
static size_t find(const json_t *at, unsigned level, feeds_review_object *each, void *context,
                   bool *is_stopped)
{
    static const char *const inside[] = {"@graph", "itemListElement", "item", "mainEntity",
                                         "review"};
    const json_t *one;
    size_t i, found = 0;
    if (level == MAX_NESTING || *is_stopped) {
        return 0;
    }
    json_array_foreach((json_t *)(uintptr_t)at, i, one)
    {
        found += find(one, level + 1, each, context, is_stopped);
    }
    if (is_of_type(at, "ClaimReview")) {
        *is_stopped = !each(context, at);
        return 1;
    }
    for (i = 0; json_is_object(at) && i < sizeof inside / sizeof *inside; i++) {
        found += find(json_object_get(at, inside[i]), level + 1, each, context, is_stopped);
    }
    return found;
}

size_t feeds_review_find(const json_t *root, feeds_review_object *each, void *context)
{
    bool is_stopped = false;
    return find(root, 0, each, context, &is_stopped);
}

struct reading {
    feeds_review_take *take;
    void *context;
    unsigned line;
    bool is_stopped;
};

/* The first of the paths (a NULL at the end) at which there is a text. */
static struct str first_text(const json_t *object, const char *const *paths)
{
    struct str text = STR("");
    for (; text.len == 0 && *paths != NULL; paths++) {
        text = str_trim(feeds_tree_text(object, *paths));
    }
    return text;
}

/* A number, also one that is written as a text. */
static bool number_at(const json_t *object, const char *path, double *number)
{
    const json_t *value = feeds_tree_at(object, path);
    char *end = NULL;
    if (json_is_number(value)) {
        *number = json_number_value(value);
        return true;
    }
    if (!json_is_string(value) || json_string_length(value) == 0) {
        return false;
    }
    *number = strtod(json_string_value(value), &end);
    return *end == '\0' && isfinite(*number);
}

/* A number without words: "1/5", and whether nothing is lower (schema.org: worstRating is 1). */
static void rate_by_number(const json_t *object, char text[RATING_ROOM],
                           struct feeds_review *review)
{
    double value, best = 5, worst = 1;
    if (!number_at(object, "reviewRating.ratingValue", &value)) {
        return;
    }
    (void)(number_at(object, "reviewRating.bestRating", &best) &&
           number_at(object, "reviewRating.worstRating", &worst));
    int len = snprintf(text, RATING_ROOM, "%g/%g", value, best);
    review->rating = (struct str){.at = text, .len = (size_t)len};
    review->is_lowest = value <= worst && worst < best;
}

static bool is_set(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

/* "1/5", as rate_by_number writes it: words are judged by what they say alone. */
static bool is_number(struct str rating)
{
    size_t slashes = 0;
    for (size_t i = 0; i < rating.len; i++) {
        slashes += rating.at[i] == '/';
        if (strchr("0123456789./-+e", rating.at[i]) == NULL) {
            return false;
        }
    }
    return slashes == 1;
}

static bool is_withdrawn(const json_t *object)
{
    static const char *const states[] = {"withdrawn", "retracted", "archived"};
    struct str state = feeds_tree_text(object, "creativeWorkStatus");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (state.len == strlen(states[i]) && strncasecmp(state.at, states[i], state.len) == 0) {
            return true;
        }
    }
    return is_set(object, "withdrawn");
}

static bool take_object(void *context, const json_t *object)
{
    static const char *const urls[] = {"url", "mainEntityOfPage", "mainEntityOfPage.@id", "@id",
                                       NULL};
    static const char *const publishers[] = {"author.name", "publisher.name", "publisher", "author",
                                             NULL};
    static const char *const claims[] = {"claimReviewed", "claim", NULL};
    static const char *const titles[] = {"headline", "name", "title", NULL};
    static const char *const ratings[] = {"reviewRating.alternateName", "reviewRating.name",
                                          "rating", NULL};
    static const char *const dates[] = {"datePublished", "rated", "dateCreated", NULL};
    struct reading *reading = context;
    char number[RATING_ROOM];
    struct feeds_review review = {
        .url = first_text(object, urls),
        .publisher = first_text(object, publishers),
        .claim = first_text(object, claims),
        .title = first_text(object, titles),
        .rating = first_text(object, ratings),
        .rated_ms = CLOCK_NEVER,
        .is_withdrawn = is_withdrawn(object),
        .line = reading->line,
    };
    if (review.rating.len == 0) {
        rate_by_number(object, number, &review);
    } else {
        review.is_lowest = is_number(review.rating) && is_set(object, "lowest");
    }
    review.is_partial = is_set(object, "partial");
    if (!feeds_date_parse(first_text(object, dates), &review.rated_ms)) {
        review.rated_ms = CLOCK_NEVER;
    }
    reading->is_stopped = !reading->take(reading->context, &review);
    return !reading->is_stopped;
}

/* An answer of the Fact Check Tools API's claims:search. */
static size_t take_answer(struct reading *reading, const json_t *claims)
{
    const json_t *claim, *one;
    size_t i, k, found = 0;
    json_array_foreach((json_t *)(uintptr_t)claims, i, claim)
    {
        json_array_foreach((json_t *)(uintptr_t)feeds_tree_at(claim, "claimReview"), k, one)
        {
            struct feeds_review review = {
                .url = feeds_tree_text(one, "url"),
                .publisher = feeds_tree_text(one, "publisher.name"),
                .claim = str_trim(feeds_tree_text(claim, "text")),
                .title = feeds_tree_text(one, "title"),
                .rating = str_trim(feeds_tree_text(one, "textualRating")),
                .rated_ms = CLOCK_NEVER,
                .is_partial = true,
                .line = reading->line,
            };
            if (!feeds_date_parse(feeds_tree_text(one, "reviewDate"), &review.rated_ms)) {
                review.rated_ms = CLOCK_NEVER;
            }
            found++;
            if (!reading->take(reading->context, &review)) {
                reading->is_stopped = true;
                return found;
            }
        }
    }
    return found;
}

static size_t take_tree(struct reading *reading, const json_t *root)
{
    const json_t *claims = json_object_get(root, "claims");
    if (json_is_array(claims)) {
        return take_answer(reading, claims);
    }
    size_t found = feeds_review_find(root, take_object, reading);
    if (found == 0 && json_object_get(root, "claim") != NULL) {
        (void)take_object(reading, root);
        found = 1;
    }
    return found;
}

static void take_lines(struct reading *reading, struct str document,
                       void (*bad)(void *context, unsigned line, const char *why))
{
    for (size_t at = 0; at < document.len && !reading->is_stopped;) {
        struct err err = ERR_NONE;
        const char *end = memchr(document.at + at, '\n', document.len - at);
        size_t to = end != NULL ? (size_t)(end - document.at) : document.len;
        struct str line = str_trim(str_part(document, at, to));
        at = to + 1;
        reading->line++;
        if (line.len == 0) {
            continue;
        }
        json_t *root = feeds_tree_read(line, &err);
        if (root == NULL) {
            bad(reading->context, reading->line, err.message);
        } else if (take_tree(reading, root) == 0) {
            bad(reading->context, reading->line,
                "holds no ClaimReview: it has no \"claimReviewed\"");
        }
        json_decref(root);
    }
}

bool feeds_review_read(struct str document, feeds_review_take *take,
                       void (*bad)(void *context, unsigned line, const char *why), void *context,
                       struct err *err)
{
    struct reading reading = {.take = take, .context = context};
    struct err why = ERR_NONE;
    if (document.len > FEEDS_REVIEW_DOCUMENT_MOST) {
        return err_set(err, "has more than %d MiB", FEEDS_REVIEW_DOCUMENT_MOST >> 20);
    }
    document = str_trim(document);
    if (document.len == 0 || (document.at[0] != '{' && document.at[0] != '[')) {
        return err_set(err, "is neither JSON-LD nor NDJSON: it starts with neither { nor [");
    }
    json_t *root = feeds_tree_read(document, &why);
    if (root == NULL && document.at[0] == '[') {
        *err = why;
        return false;
    }
    if (root == NULL) {
        take_lines(&reading, document, bad);
        return true;
    }
    size_t found = take_tree(&reading, root);
    json_decref(root);
    return found > 0 || err_set(err, "holds no ClaimReview: it has no \"claimReviewed\"");
}
