/* The guard with the warning lists: apart, so that saring-pull carries no regular expressions. */
#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/blocklist/warning.h"

static bool check(const void *lists, enum blocklist_scope scope, struct str host, struct str url,
                  bool is_narrow, struct err *err)
{
    return blocklist_warnings_check(lists, scope, host, url, is_narrow, err);
}

static void give_back(void *lists)
{
    blocklist_warnings_free(lists);
}

struct blocklist_guard *blocklist_guard_load(const char *const *folders, struct err *err)
{
    struct blocklist_doubt doubt = {.check = check, .free = give_back};
    doubt.lists = blocklist_warnings_load(folders, err);
    return doubt.lists != NULL ? blocklist_guard_read(folders, &doubt, err) : NULL;
}
