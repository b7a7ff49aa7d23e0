/*
 * A list of recipients as somebody may write it: what loads is of the three kinds, is found again
 * by its kind and name, is handed in by https or mail, and passes the check on its own; reading the
 * same lines again from what was read gives the same list.
 */
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/casebook/addressees.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_one(const struct casebook_addressees *list, const struct casebook_addressee *one)
{
    struct err err = ERR_NONE;
    enum casebook_recipient kind;
    require(casebook_recipient_parse(str_of(casebook_recipient_name(one->kind)), &kind));
    require(casebook_addressees_find(list, one->kind, one->name) == one);
    require(casebook_addressee_check(one->name, &err));
    require(casebook_addressee_check(one->address, &err));
    require(str_starts(one->address, STR("https://")) ||
            memchr(one->address.at, '@', one->address.len) != NULL);
    require(memchr(one->name.at, '\n', one->name.len) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_NONE;
    struct buf again = BUF_EMPTY;
    size_t count, more;
    struct casebook_addressees *list =
        casebook_addressees_read((struct str){(const char *)data, size}, "fuzz", &err);
    if (list == NULL) {
        require(err.line > 0 && err.message[0] != '\0');
        return 0;
    }
    const struct casebook_addressee *all = casebook_addressees_all(list, &count);
    buf_put(&again, "", 0);
    for (size_t i = 0; i < count; i++) {
        check_one(list, &all[i]);
        buf_printf(&again, "%s\t%.*s\t%.*s\n", casebook_recipient_name(all[i].kind),
                   STR_FORMAT(all[i].name), STR_FORMAT(all[i].address));
    }
    struct casebook_addressees *same = casebook_addressees_read(buf_str(&again), "again", &err);
    require(same != NULL);
    const struct casebook_addressee *others = casebook_addressees_all(same, &more);
    require(more == count);
    for (size_t i = 0; i < count; i++) {
        require(all[i].kind == others[i].kind && str_equal(all[i].name, others[i].name));
    }
    casebook_addressees_free(same);
    casebook_addressees_free(list);
    buf_fini(&again);
    return 0;
}
