#include "filter/casebook/search.h"

#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"
#include "filter/text/stems.h"

/* More words find no better: what a text is about, it says early. */
enum { TERMS_MOST = 256 };

void casebook_stems_put(struct casebook *casebook, struct str text, struct buf *out)
{
    if (casebook->stems == NULL) {
        casebook->stems = text_stems_new();
    }
    text_stems_put(casebook->stems, text, out);
}

static bool is_among(const struct str *terms, size_t count, struct str term)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(terms[i], term)) {
            return true;
        }
    }
    return false;
}

/* The words of `stems`, each once. */
static void put_expression(struct str stems, const char *join, struct buf *out)
{
    struct str terms[TERMS_MOST];
    size_t count = 0;
    for (size_t at = 0; at < stems.len && count < TERMS_MOST;) {
        const char *space = memchr(stems.at + at, ' ', stems.len - at);
        size_t end = space != NULL ? (size_t)(space - stems.at) : stems.len;
        struct str term = str_part(stems, at, end);
        at = end + 1;
        if (!is_among(terms, count, term)) {
            terms[count++] = term;
            buf_printf(out, "%s\"%.*s\"", count > 1 ? join : "", STR_FORMAT(term));
        }
    }
}

void casebook_search_put(struct casebook *casebook, struct str text, enum casebook_search how,
                         struct buf *out)
{
    struct buf stems = BUF_EMPTY;
    casebook_stems_put(casebook, text, &stems);
    put_expression(buf_str(&stems), how == SEARCH_ANY ? " OR " : " AND ", out);
    buf_fini(&stems);
}

bool casebook_search_add(struct casebook *casebook, int64_t post_id, const struct str *texts,
                         size_t count, struct err *err)
{
    struct buf stems = BUF_EMPTY;
    for (size_t i = 0; i < count; i++) {
        casebook_stems_put(casebook, texts[i], &stems);
    }
    bool done =
        casebook_sql_run(casebook, err, "INSERT INTO case_words (rowid, words) VALUES (?1, ?2)",
                         "it", post_id, buf_str(&stems));
    buf_fini(&stems);
    return done;
}

bool casebook_search_forget(struct casebook *casebook, int64_t case_id, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "DELETE FROM case_words WHERE rowid IN (SELECT id FROM posts WHERE"
                            " case_id = ?1 AND id NOT IN (SELECT post_id FROM content))",
                            "i", case_id);
}

bool casebook_search_rebuild(struct casebook *casebook, struct err *err)
{
    return casebook_sql_run(casebook, err, "INSERT INTO case_words (case_words) VALUES ('rebuild')",
                            "");
}
